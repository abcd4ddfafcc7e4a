"""Prometheus metrics, also of several processes together, and the small web server that workers show them on.

With PROMETHEUS_MULTIPROC_DIR set each process counts in its own files and any of them can sum them up
(https://prometheus.github.io/client_python/multiprocess/). Where those have no room, what would be counted is lost:
nothing else may fail for it.
"""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    disable_created_metrics,
    generate_latest,
    values,
)
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

from shared.observability import health

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

# Seconds between two measurements of what is not counted as it happens: as often as deploy/prometheus asks.
MEASURE_SECONDS = 15.0

disable_created_metrics()  # type: ignore[no-untyped-call]


class _RoomFirst(MmapedDict):
    """A process's own file, which takes its room on the disk before it writes there.

    A write to a mapped file that the disk has no room for ends the process (SIGBUS).
    """

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        if not read_mode:
            with open(filename, "ab") as file:  # noqa: PTH123
                os.posix_fallocate(file.fileno(), 0, max(_FIRST_ROOM, file.tell()))
        super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        if self._used + len(key.encode()) + _LONGEST_REST > self._capacity:
            os.posix_fallocate(self._f.fileno(), 0, 2 * self._capacity)
        super()._init_value(key)  # type: ignore[no-untyped-call]


_FIRST_ROOM = 1 << 16
_LONGEST_REST = 32  # what a value needs besides its key


class _LostWithoutRoom:
    """A value of several processes' figures; what there is no room to count is lost."""

    _multiprocess = True
    usual: Any = values.ValueClass

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._make: Callable[[], Any] = partial(self.usual, *arguments, **named)
        self._value: Any = None
        self.get()

    def inc(self, amount: float) -> None:
        """Add."""
        self._try("inc", amount)

    def set(self, value: float, timestamp: float | None = None) -> None:
        """Set."""
        self._try("set", value, timestamp=timestamp)

    def get(self) -> float:
        """What was counted in this process."""
        return float(self._try("get") or 0)

    def get_exemplar(self) -> None:
        """None: of several processes' figures no exemplar is kept."""

    def _try(self, method: str, *arguments: Any, **named: Any) -> Any:
        try:
            self._value = self._value or self._make()
            return getattr(self._value, method)(*arguments, **named)
        except (OSError, TypeError, ValueError):  # no room for the file; it was closed, and could not be opened again
            return None


if values.ValueClass._multiprocess:
    if hasattr(os, "posix_fallocate"):  # not on macOS
        values.MmapedDict = _RoomFirst  # type: ignore[attr-defined]
    values.ValueClass = _LostWithoutRoom

LINES_LOST = Counter("log_lines_lost", "Log lines that could not be written: a full disk, a closed pipe.")


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
