"""The load that the bench sends: every request answered in its place, at its rate, or the run ends."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(404 if body == b"unknown" else 201)
        self.send_header("Content-Length", str(len(body)))
        if body.endswith(b"7"):
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_every_request_is_answered_in_its_place_also_when_the_server_closes_the_connection(origin):
    answers = load.send(origin, [load.request("POST", f"{origin}/", str(number).encode()) for number in range(60)])

    assert [int(answer.body) for answer in answers] == list(range(60))
    assert load.per_second(answers) > 0


def test_at_a_rate_requests_count_from_when_they_are_due(origin):
    answers = load.send(origin, [load.request("POST", f"{origin}/", b"x")] * 20, rate=100)

    assert [round(later.due - answers[0].due, 2) for later in answers] == [number / 100 for number in range(20)]
    assert all(answer.ended >= answer.due for answer in answers)


def test_an_answer_that_should_not_be_ends_the_run(origin):
    with pytest.raises(load.Refused, match="404"):
        load.send(origin, [load.request("POST", f"{origin}/", b"unknown")])
