"""Sign-ins that have begun and not come back from the provider: each in its own cookie, so that tabs do not clash."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

LASTS = timedelta(minutes=30)
# In one browser: all of them together must fit into the headers that a web server takes, 8 kB in most.
MOST = 10
LONGEST_PATH = 300  # bytes, as JSON
PATH = "/desk/"

_PREFIX = "desk_sign_in_"


@dataclass(frozen=True)
class SignInRequest:
    """What the provider was asked for, and where the officer goes afterwards."""

    nonce: str
    code_verifier: str
    next_path: str
    until: float


def fits(next_path: str) -> bool:
    """Whether a path is short enough to be remembered."""
    return len(json.dumps(next_path)) <= LONGEST_PATH


def remember(response: Response, state: str, requested: SignInRequest) -> None:
    """Keep a sign-in in the browser; the oldest ones make room for it."""
    for name in _oldest_first(request.cookies)[: -MOST + 1]:
        response.delete_cookie(name, path=PATH)
    response.set_cookie(
        f"{_PREFIX}{state}",
        str(_serializer().dumps(asdict(requested))),
        max_age=LASTS,
        path=PATH,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def recall(state: str, now: datetime) -> SignInRequest | None:
    """The sign-in that this browser began with the state; None when it began none, or too long ago."""
    found = _read(f"{_PREFIX}{state}")
    return found if found and now.timestamp() < found.until else None


def forget(response: Response, state: str) -> None:
    """Let a sign-in come back only once."""
    if f"{_PREFIX}{state}" in request.cookies:
        response.delete_cookie(f"{_PREFIX}{state}", path=PATH)


def _oldest_first(names: Iterable[str]) -> list[str]:
    begun = [name for name in names if name.startswith(_PREFIX)]
    return sorted(begun, key=lambda name: found.until if (found := _read(name)) else 0)


def _read(name: str) -> SignInRequest | None:
    try:
        return SignInRequest(**_serializer().loads(request.cookies.get(name, "")))
    except BadSignature:
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="desk sign-in", serializer=json)
