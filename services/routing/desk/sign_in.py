"""Signing in to the desk: OpenID Connect, authorization code with PKCE. The session has the identity, and no token."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, g, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from joserfc.errors import JoseError
from prometheus_client import Counter
from requests import RequestException
from werkzeug.wrappers import Response as WerkzeugResponse

from services.routing.settings import Settings
from shared.clock import Clock
from shared.web.identity import REJECTED, Identity, TokenRejected
from shared.web.problems import Problem

ROLE = "officer"
WORKING_DAY = timedelta(hours=10)
TIMEOUT_SECONDS = 10

_OFFICER = "officer"
_SINCE = "since"
_NEXT = "next"

log = structlog.get_logger(__name__)


def sign_in_blueprint(app: Flask, settings: Settings, clock: Clock) -> Blueprint:
    """The sign-in and sign-out pages. The provider is first contacted when somebody signs in, not at start."""
    app.permanent_session_lifetime = WORKING_DAY
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
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
        except (OAuthError, JoseError, TokenRejected, KeyError, ValueError) as error:
            _count("failed")
            log.warning("desk_sign_in_failed", kind=type(error).__name__)
            return Response(render_template("desk/not_signed_in.html"), 403)
        after = session.get(_NEXT, url_for("desk.queues"))
        _begin_session(officer, clock())
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


def require_officer(clock: Clock) -> Callable[[], WerkzeugResponse | None]:
    """A guard that sets `g.identity`, or sends the person to sign in, who then returns to the page.

    Problem 403 for somebody whom the provider gives no officer's role.
    """

    def guard() -> WerkzeugResponse | None:
        if not _signed_in(clock()):
            session.clear()
            return _sign_in_first()
        g.identity = Identity.of_claims(session[_OFFICER])
        if ROLE not in g.identity.roles:
            REJECTED.labels("routing", "role").inc()
            raise Problem(403, "role-missing", detail="Your account does not give access to the officer's desk.")
        return None

    return guard


def _signed_in(now: datetime) -> bool:
    """The identity, for a working day from the sign-in. Its roles and boards are not checked again meanwhile."""
    since = session.get(_SINCE)
    return since is not None and now < datetime.fromisoformat(since) + WORKING_DAY


def _sign_in_first() -> WerkzeugResponse:
    if request.method not in ("GET", "HEAD"):
        raise CSRFError  # as for every form whose session has ended: what was typed is shown
    return redirect(url_for("sign_in.begin", next=request.full_path.rstrip("?")), 303)


def _begin_session(officer: Identity, now: datetime) -> None:
    """A new session: it keeps nothing from before the sign-in, nor the CSRF secret."""
    session.clear()
    session.permanent = True
    session[_SINCE] = now.isoformat()
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


def _own_address(address: str) -> str:
    """Where to go afterwards, when it is a page of the desk; else the queues."""
    return address if address.startswith("/desk/") and "\\" not in address else url_for("desk.queues")


SIGN_INS = Counter("routing_desk_sign_ins", "Sign-ins at the officers' desk, by result.", ["result"])


def _count(result: str) -> None:
    SIGN_INS.labels(result).inc()


@contextmanager
def _provider_answers() -> Iterator[None]:
    try:
        yield
    except RequestException as error:
        _count("provider_unreachable")
        log.error("openid_provider_unreachable", kind=type(error).__name__)
        raise Problem(
            503,
            "identity-provider-unreachable",
            detail="Who you are cannot be checked right now. Try again soon.",
            headers={"Retry-After": "30"},
        ) from error
