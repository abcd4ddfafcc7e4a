"""Who is calling: the bearer token (RFC 6750) of a request, and the guards that require one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import Flask, current_app, g, request
from prometheus_client import Counter

from shared.web.jwks import ProviderUnreachable
from shared.web.problems import Problem
from shared.web.token_verifier import Verifier
from shared.web.tokens import MISSING, Identity, Role, TokenRejected

__all__ = ["Identity", "TokenRejected", "Verifier", "authenticated", "install"]

_EXTENSION = "arende-identity"

log = structlog.get_logger(__name__)


def install(app: Flask, verifier: Verifier) -> None:
    """Make the app's `authenticated` guards use this verifier."""
    app.extensions[_EXTENSION] = verifier


def authenticated(role: Role) -> Callable[..., Any]:
    """A guard that requires a bearer token with the role, and sets `flask.g.identity`.

    It guards a whole blueprint, `blueprint.before_request(authenticated(Role.OFFICER))`, or one view,
    `@authenticated(Role.REGISTRAR)`. Problem 401 without a valid token, 403 without the role, 503 when the
    provider does not answer.
    """

    def guard(view: Callable[..., Any] | None = None) -> Callable[..., Any] | None:
        if view is None:
            _admit(role)
            return None

        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            _admit(role)
            return view(*arguments, **named)

        return guarded

    return guard


REJECTED = Counter("arende_identity_rejected", "Requests refused for their token, by reason.", ["service", "reason"])


def _admit(role: Role) -> None:
    try:
        identity = current_app.extensions[_EXTENSION].verify(_bearer_token())
    except TokenRejected as error:
        _count(error.reason)
        raise _unauthorized(error.reason) from error
    except ProviderUnreachable as error:
        _count("provider_unreachable")
        log.error("openid_provider_unreachable", exc_info=error)
        raise Problem(
            503,
            "identity-provider-unreachable",
            detail="Who you are cannot be checked right now. Try again soon.",
            headers={"Retry-After": "30"},
        ) from error
    if role not in identity.roles:
        _count("role")
        raise Problem(
            403,
            "role-missing",
            detail="Your roles do not allow this.",
            headers={"WWW-Authenticate": 'Bearer realm="arende", error="insufficient_scope"'},
        )
    g.identity = identity


def _bearer_token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRejected(MISSING)
    return token.strip()


def _unauthorized(reason: str) -> Problem:
    if reason == MISSING:
        return Problem(
            401,
            "token-missing",
            detail="Send a bearer token in the Authorization header.",
            headers={"WWW-Authenticate": 'Bearer realm="arende"'},
        )
    return Problem(
        401,
        "token-invalid",
        detail="The bearer token is not valid.",
        headers={"WWW-Authenticate": 'Bearer realm="arende", error="invalid_token"'},
    )


def _count(reason: str) -> None:
    REJECTED.labels(current_app.extensions["arende-service"], reason).inc()
