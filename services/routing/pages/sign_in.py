"""Signing in to the desk: OpenID Connect, authorization code with PKCE. The session holds who it is, and no token."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, g, redirect, render_template, request, session, url_for
from joserfc.errors import JoseError
from prometheus_client import Counter
from requests import RequestException
from werkzeug.wrappers import Response as WerkzeugResponse

from services.routing.settings import Settings
from shared.web.identity import Identity, Refused
from shared.web.problems import Problem

ROLE = "officer"
WORKING_DAY = timedelta(hours=10)
TIMEOUT_SECONDS = 10

_OFFICER = "officer"
_NEXT = "next"

log = structlog.get_logger(__name__)


def sign_in_blueprint(app: Flask, settings: Settings) -> Blueprint:
    """The sign-in and sign-out pages. The provider is first asked when somebody signs in, not at start."""
    app.permanent_session_lifetime = WORKING_DAY
    provider = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
    pages = Blueprint("sign_in", __name__, url_prefix="/desk")

    @pages.get("/sign-in")
    def begin() -> Any:
        session[_NEXT] = _own_address(request.args.get("next", ""))
        with _provider_answers():
            return provider.authorize_redirect(f"{settings.public_url}{url_for('sign_in.complete')}")

    @pages.get("/signed-in")
    def complete() -> WerkzeugResponse:
        try:
            with _provider_answers():
                token = provider.authorize_access_token(claims_options=_claims_options(settings))
            officer = Identity.of_claims(token["userinfo"])
        except (OAuthError, JoseError, Refused, KeyError, ValueError) as fault:
            _count("failed")
            log.warning("desk_sign_in_failed", kind=type(fault).__name__)
            return Response(render_template("desk/not_signed_in.html"), 403)
        after = session.get(_NEXT, url_for("desk.queues"))
        _begin_session(officer)
        _count("signed_in")
        return redirect(after, 303)

    @pages.post("/sign-out")
    def end() -> WerkzeugResponse:
        session.clear()
        return redirect(url_for("sign_in.ended"), 303)

    @pages.get("/signed-out")
    def ended() -> str:
        return render_template("desk/signed_out.html")

    return pages


def require_officer() -> WerkzeugResponse | None:
    """Put who is signed in at `g.identity`; send who is not to sign in, and come back here.

    Problem 403 for somebody whom the provider gives no officer's role.
    """
    kept = session.get(_OFFICER)
    if kept is None:
        here = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else ""
        return redirect(url_for("sign_in.begin", next=here), 303)
    g.identity = Identity.of_claims(kept)
    if ROLE not in g.identity.roles:
        raise Problem(403, "role-missing", detail="Your account does not give access to the officer's desk.")
    return None


def _begin_session(officer: Identity) -> None:
    """A session of its own: nothing from before the sign-in, the CSRF secret included, lives on in it."""
    session.clear()
    session.permanent = True
    session[_OFFICER] = {
        "sub": officer.subject,
        "name": officer.name,
        "municipality": officer.municipality,
        "roles": sorted(officer.roles),
        "boards": sorted(officer.boards),
    }


def _claims_options(settings: Settings) -> dict[str, Any]:
    issuer = settings.oidc_issuer
    return {
        "iss": {"essential": True, "values": [issuer, f"{issuer}/"]},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }


def _own_address(wanted: str) -> str:
    """Where to go afterwards, when it is a page of the desk; else the queues."""
    return wanted if wanted.startswith("/desk/") and "\\" not in wanted else url_for("desk.queues")


SIGN_INS = Counter("routing_desk_sign_ins", "Sign-ins at the officers' desk, by result.", ["result"])


def _count(result: str) -> None:
    SIGN_INS.labels(result).inc()


@contextmanager
def _provider_answers() -> Iterator[None]:
    try:
        yield
    except RequestException as fault:
        _count("provider_unreachable")
        log.error("openid_provider_unreachable", kind=type(fault).__name__)
        raise Problem(
            503,
            "identity-provider-unreachable",
            detail="Who you are cannot be checked right now. Try again soon.",
            headers={"Retry-After": "30"},
        ) from fault
