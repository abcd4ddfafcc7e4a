"""Each request gets an id, one line in the log and a place in the figures, by its route and never its path.

A path can hold a reference, which is a secret; a query can hold anything. This stands around Flask rather than
in its hooks, where it costs three times as much.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog
from flask import Request, has_request_context, request
from prometheus_client import Histogram
from structlog.contextvars import bound_contextvars

from shared.observability.tracing import trace
from shared.web import health_endpoints

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DURATION = Histogram(
    "arende_http_request_seconds",
    "Time until the answer begins, by service, method, route and status.",
    ["service", "method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

NO_ROUTE = "(none)"

_REQUEST_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEPT_AT = "arende.request_id"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger("access")


def watched(app: "WSGIApplication", service: str, headers: Mapping[str, str]) -> "WSGIApplication":
    """The app in a trace, each of its requests with an id, logged and counted, each response with these headers.

    A caller's `X-Request-ID` is kept when it is a UUID: anything else could be somebody's name.
    """
    always = [*headers.items()]

    def watching(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began = perf_counter()
        request_id = environ[_KEPT_AT] = _request_id(environ)

        def starting(status: str, given: list[tuple[str, str]], exc_info: Any = None) -> Any:
            _tell(service, environ, status[:3], perf_counter() - began)
            told = [*given, *always, ("X-Request-ID", request_id)]
            if not any(name == "Cache-Control" for name, _ in given):
                told.append(("Cache-Control", "no-store"))
            return start_response(status, told, exc_info)

        with trace(environ.get("HTTP_TRACEPARENT")), bound_contextvars(request_id=request_id):
            return app(environ, starting)

    return watching


def request_id() -> str | None:
    """The id of the request under way, None outside one."""
    return request.environ.get(_KEPT_AT) if has_request_context() else None


def route(request: Request) -> str:
    """The route that a request took, `/<slug>/arenden/<reference>`."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


def _request_id(environ: "WSGIEnvironment") -> str:
    asked = environ.get("HTTP_X_REQUEST_ID", "")
    return asked if _REQUEST_ID.fullmatch(asked) else secrets.token_hex(16)


def _tell(service: str, environ: "WSGIEnvironment", status: str, seconds: float) -> None:
    request: Request = environ["werkzeug.request"]
    rule = request.url_rule
    if rule is not None and rule.endpoint.startswith(f"{health_endpoints.NAME}."):
        return
    method = request.method if request.method in _METHODS else "other"
    taken = route(request)
    DURATION.labels(service, method, taken, status).observe(seconds)
    log.info(
        "request",
        service=service,
        method=method,
        route=taken,
        status=int(status),
        duration_ms=round(seconds * 1000, 2),
    )
