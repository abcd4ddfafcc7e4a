"""Security headers, cookies for pages only, CSRF tokens, and input that every route refuses."""

from flask import Flask, Request, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from shared.web.problems import Problem

MAX_BODY = 1_000_000

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def headers(*, https: bool) -> dict[str, str]:
    """The headers of every response.

    Referrer-Policy is `same-origin`: an address may hold a reference, which no other site may see, while the
    CSRF check of our own forms needs the Referer header.
    """
    return _HEADERS | _HTTPS_ONLY if https else _HEADERS


def install(app: Flask, service: str, *, public_url: str) -> None:
    """Cookies for pages only, CSRF tokens on their forms, a limit to the size of bodies, no NUL in addresses."""
    https, origin = public_url.startswith("https://"), public_url.rstrip("/")
    api = f"/{service}/api/"
    app.config.update(
        SESSION_COOKIE_NAME=f"{service}_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        MAX_CONTENT_LENGTH=MAX_BODY,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # browsers may send no Referer; the token is enough
    )
    app.session_interface = _PageSessions(api)
    csrf = CSRFProtect(app)

    @app.before_request
    def guard() -> None:
        current: Request = request._get_current_object()  # type: ignore[attr-defined]
        if "\0" in current.path or b"%00" in current.query_string:
            raise Problem(400, "bad-address", detail="The address holds the character NUL.")
        if current.method in _SAFE_METHODS or current.endpoint is None:
            return
        view = current_app.view_functions[current.endpoint]
        current.max_content_length = getattr(view, "max_body", MAX_BODY)
        if not current.path.startswith(api):
            _check_form(current)
            if not _is_sent_from(current, origin):
                csrf.protect()


def _is_sent_from(request: Request, origin: str) -> bool:
    """Whether the browser vouches that a page of ours sent it: then a lost session costs nobody what they typed.

    No other site's page can send this header with our origin (https://fetch.spec.whatwg.org/#origin-header).
    """
    return bool(origin) and request.headers.get("Origin") == origin


def _check_form(request: Request) -> None:
    if "chunked" in request.headers.get("Transfer-Encoding", ""):
        raise Problem(411, "length-required")  # werkzeug would cut such a form off at the limit, without an error
    if any("\0" in text for pair in request.form.items(multi=True) for text in pair):
        raise Problem(400, "bad-form", detail="The form holds the character NUL.")


class _PageSessions(SecureCookieSessionInterface):
    """No session for the JSON API: it never identifies a caller by a cookie, so it needs no CSRF token."""

    def __init__(self, api: str) -> None:
        self._api = api

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session from the cookie; none for a request to the API."""
        return None if request.path.startswith(self._api) else super().open_session(app, request)
