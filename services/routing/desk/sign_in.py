"""Signing in to the desk: OpenID Connect, authorization code with PKCE. The cookie has neither name nor token."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, g, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from joserfc.errors import JoseError
from prometheus_client import Counter
from requests import RequestException
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from services.routing.context import RoutingContext
from services.routing.desk import sessions, sign_in_requests
from services.routing.desk.sign_in_requests import SignInRequest
from services.routing.settings import Settings
from services.routing.updates.preference import know_again
from shared.web.identity import REJECTED, Identity, TokenRejected
from shared.web.names import takes, takes_any_query
from shared.web.problems import Problem
from shared.web.redirects import own_path
from shared.web.tokens import MISSING, Role

TIMEOUT_SECONDS = 10

_SESSION = "desk"

log = structlog.get_logger(__name__)


def sign_in_blueprint(app: Flask, settings: Settings, context: RoutingContext) -> Blueprint:
    """The sign-in and sign-out pages. The provider is first contacted when somebody signs in, not at start."""
    app.permanent_session_lifetime = sessions.WORKING_DAY
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    provider = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
    pages = Blueprint("sign_in", __name__, url_prefix="/desk")

    @pages.get("/sign-in")
    @takes("next")
    def begin() -> WerkzeugResponse:
        next_path = _next_path()
        with _provider_answers():
            requested = provider.create_authorization_url(_return_address(settings))
        until = (context.clock() + sign_in_requests.LASTS).timestamp()
        response = redirect(requested["url"])
        remembered = SignInRequest(requested["nonce"], requested["code_verifier"], next_path, until)
        sign_in_requests.remember(response, requested["state"], remembered)
        return response

    @pages.get("/signed-in")
    @takes_any_query
    def complete() -> WerkzeugResponse:
        state = request.args.get("state", "")
        try:
            requested = _begun_here(state, context)
            officer = _officer_of_code(provider, requested, settings)
        except (OAuthError, JoseError, TokenRejected, KeyError, ValueError) as error:
            _count("failed")
            log.warning("desk_sign_in_failed", kind=type(error).__name__)
            return Response(render_template("desk/not_signed_in.html"), 403)
        _begin_session(officer, context)
        _count("signed_in")
        response = redirect(requested.next_path, 303)
        sign_in_requests.forget(response, state)
        return response

    @pages.post("/sign-out")
    def end() -> WerkzeugResponse:
        sessions.end(session.get(_SESSION, ""), sessions=context.sessions)
        session.clear()
        return redirect(url_for("sign_in.ended"), 303)

    @pages.get("/signed-out")
    def ended() -> str:
        return render_template("desk/signed_out.html")

    return pages


def require_officer(context: RoutingContext) -> Callable[[], WerkzeugResponse | None]:
    """A guard that sets `g.identity` and `g.mails_waiting`, or sends the person to sign in, who then comes back.

    Problem 403 for somebody whom the provider gives no officer's role.
    """

    def guard() -> WerkzeugResponse | None:
        found = _signed_in(context)
        if found is None:
            session.clear()
            return _sign_in_first()
        _shown_as(found)
        if Role.OFFICER not in found.officer.roles:
            REJECTED.labels("routing", "role").inc()
            raise Problem(403, "role-missing", detail="Your account does not give access to the officer's desk.")
        return None

    return guard


def know_officer_at_no_page(context: RoutingContext) -> Callable[[], None]:
    """A guard that sets the same for an officer who has come to an address of the desk that shows no page."""

    def guard() -> None:
        shows_none = isinstance(request.routing_exception, NotFound | MethodNotAllowed)
        if shows_none and request.path.startswith("/desk/") and (found := _officer(context)):
            _shown_as(found)

    return guard


def is_officer(context: RoutingContext) -> bool:
    """Whether the browser's session is one of an officer and has not ended."""
    return _officer(context) is not None


def _officer(context: RoutingContext) -> sessions.SignedIn | None:
    found = _signed_in(context)
    return found if found and Role.OFFICER in found.officer.roles else None


def _signed_in(context: RoutingContext) -> sessions.SignedIn | None:
    token = session.get(_SESSION)
    return sessions.signed_in(token, **context.store_and_time()) if token else None


def _shown_as(found: sessions.SignedIn) -> None:
    g.identity, g.mails_waiting = found.officer, found.mails_waiting


def _next_path() -> str:
    """Where the officer goes after the sign-in: where it was asked to lead, else to the queues."""
    queues = url_for("desk.queues")
    asked = own_path(request.args.get("next", ""), within="/desk/", otherwise=queues)
    return asked if sign_in_requests.fits(asked) else queues


def _sign_in_first() -> WerkzeugResponse:
    if request.method not in ("GET", "HEAD"):
        raise CSRFError  # as for every form whose session has ended: what was typed is shown
    return redirect(url_for("sign_in.begin", next=request.full_path.rstrip("?")), 303)


def _begin_session(officer: Identity, context: RoutingContext) -> None:
    """A new session, which keeps nothing from before the sign-in, nor the CSRF secret.

    An officer who is signed in already, in another tab, stays so: the forms that are open there go on working.
    """
    found = _signed_in(context)
    if found and found.officer == officer:
        return
    sessions.end(session.get(_SESSION, ""), sessions=context.sessions)
    session.clear()
    session.permanent = True
    session[_SESSION] = sessions.begin(officer, **context.store_and_time())
    know_again(officer, **context.store_and_time())


def _begun_here(state: str, context: RoutingContext) -> SignInRequest:
    """The sign-in that this browser began. Raises OAuthError when it began none, or the provider gave an error."""
    requested = sign_in_requests.recall(state, context.clock())
    if requested is None or "error" in request.args:
        raise OAuthError(request.args.get("error", "unknown_state"))
    return requested


def _officer_of_code(provider: Any, requested: SignInRequest, settings: Settings) -> Identity:
    """Who signed in, by the ID token that the provider gives for the code (OpenID Connect Core 1.0, 3.1.3.7)."""
    with _provider_answers():
        tokens = provider.fetch_access_token(
            redirect_uri=_return_address(settings), code=request.args["code"], code_verifier=requested.code_verifier
        )
        claims = provider.parse_id_token(tokens, nonce=requested.nonce, claims_options=_claims_options(settings))
    if claims is None:
        raise TokenRejected(MISSING)
    return Identity.of_claims(claims)


def _return_address(settings: Settings) -> str:
    return f"{settings.public_url}{url_for('sign_in.complete')}"


def _claims_options(settings: Settings) -> dict[str, Any]:
    issuer = settings.oidc_issuer
    return {
        "iss": {"essential": True, "values": [issuer, f"{issuer}/"]},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }


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
