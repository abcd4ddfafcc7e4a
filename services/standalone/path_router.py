"""Routes each path to its application, as the reverse proxy does in production."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from werkzeug.utils import redirect

from services.standalone.demo_oidc import PATHS as PROVIDER
from services.standalone.demo_register import PATH as REGISTER
from shared.web.redirects import own_path

START = ("/healthz/", "/readyz/", "/metrics/", "/start/")
ROUTING = ("/routing/", "/desk/")
NOTIFY = ("/notify/", "/mailbox/")

Wsgi = Any


class PathRouter:
    """One WSGI application of several, by path; every other path is intake's.

    A request under another name of the host is redirected to `origin`, which sign-in and cookies belong to.
    """

    def __init__(
        self, origin: str, *, start: Wsgi, provider: Wsgi, register: Wsgi, intake: Wsgi, routing: Wsgi, notify: Wsgi
    ) -> None:
        self._origin, self._host = origin, urlsplit(origin).netloc
        self._start, self._intake = start, intake
        self._by_prefix = (
            (START, start),
            (PROVIDER, provider),
            ((REGISTER,), register),
            (ROUTING, routing),
            (NOTIFY, notify),
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("HTTP_HOST") != self._host:
            return redirect(self._same_place(environ), 308)(environ, start_response)
        answer: Iterable[bytes] = self._application(environ["PATH_INFO"])(environ, start_response)
        return answer

    def _application(self, path: str) -> Wsgi:
        if path == "/":
            return self._start
        whole = f"{path}/"
        return next((app for prefixes, app in self._by_prefix if whole.startswith(prefixes)), self._intake)

    def _same_place(self, environ: dict[str, Any]) -> str:
        query = environ.get("QUERY_STRING", "")
        path = own_path(quote(environ["PATH_INFO"].encode("latin-1")), otherwise="/")
        return f"{self._origin}{path}{'?' if query else ''}{query}"
