"""Prometheus metrics, also of several processes together, and the small web server that workers show them on.

With PROMETHEUS_MULTIPROC_DIR set each process counts in its own files and any of them can sum them up
(https://prometheus.github.io/client_python/multiprocess/).
"""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from shared.observability import health

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

disable_created_metrics()  # type: ignore[no-untyped-call]


def exposition() -> tuple[bytes, str]:
    """All metrics of the service in Prometheus' text format, and its content type."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def serve(host: str, port: int, checks: Mapping[str, health.Check]) -> WSGIServer:
    """Answer `/metrics`, `/healthz` and `/readyz` at the address, from a thread, in a worker that serves no pages.

    Port 0 takes a free one (`server_port` of the server). `shutdown()` stops the server.
    """
    server = make_server(host, port, _worker_app(checks), _Server, _SilentHandler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _worker_app(
    checks: Mapping[str, health.Check],
) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, content_type, body = _answer(environ.get("PATH_INFO", ""), checks)
        start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
        return [body]

    return app


def _answer(path: str, checks: Mapping[str, health.Check]) -> tuple[str, str, bytes]:
    if path == "/metrics":
        body, content_type = exposition()
        return "200 OK", content_type, body
    if path == "/healthz":
        return "200 OK", "application/json", orjson.dumps(health.ALIVE)
    if path == "/readyz":
        failed = health.failed(checks)
        status = "503 Service Unavailable" if failed else "200 OK"
        return status, "application/json", orjson.dumps(health.readiness(failed))
    return "404 Not Found", "text/plain", b""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Log nothing: there is a scrape every few seconds."""
