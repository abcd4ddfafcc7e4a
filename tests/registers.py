"""A register outside Ärende as tests have it: a small HTTP server that knows some facts, and may misbehave."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

AS_OF = "2026-11-20"


@dataclass
class Register:
    """One that knows facts by key. `status` and `body`: what it answers instead; `waits`: it answers once it is set."""

    address: str
    facts: Mapping[str, Mapping[str, Any]]
    as_of: str = AS_OF
    status: int = 200
    body: bytes | None = None
    waits: threading.Event | None = None
    requests: list[Any] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def response(self, request: Any) -> bytes:
        """What it answers."""
        self.requests.append(request)
        if self.waits:
            self.waits.wait()
        if self.body is not None:
            return self.body
        return orjson.dumps({"facts": self.facts.get(request["key"], {}), "as_of": self.as_of})


@contextmanager
def serving_register(facts: Mapping[str, Mapping[str, Any]]) -> Iterator[Register]:
    """A register that runs, and knows these facts by key."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            register.headers.append({"path": self.path, **self.headers})
            body = register.response(request)
            self.send_response(register.status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", f"{register.address}/elsewhere")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # nobody waits for it any more
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        register = Register(f"http://127.0.0.1:{server.server_port}", facts)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield register
        if register.waits:
            register.waits.set()
        server.shutdown()
