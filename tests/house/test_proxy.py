"""The proxy, run for real before three stand-ins: what goes where, and what never goes through."""

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.ports import free_port
from tests.house.reading import text

IN_FRONT = "127.0.0.2"  # stands for the private address where TLS ends
PORTS = {"intake": 8001, "routing": 8002, "notify": 8003}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> Iterator[int]:
    """The proxy's port."""
    program = shutil.which("nginx", path="/usr/local/bin:/usr/bin:/usr/sbin")
    if not program:
        pytest.skip("no nginx: install the package `nginx-light`")
    services = {name: stand_in(name) for name in PORTS}
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    running = subprocess.Popen(
        [program, "-c", str(configuration(folder, services, port)), "-g", "daemon off;"], stderr=subprocess.PIPE
    )
    wait_for(port)
    yield port
    running.terminate()
    running.wait(10)
    for service in services.values():
        service.shutdown()


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "intake"),
        ("/alvdalen/e-tjanster/felanmalan", "intake"),
        ("/intake/api/v1/municipalities", "intake"),
        ("/routing/api/v1/queues", "routing"),
        ("/desk/", "routing"),
        ("/notify/static/shared/arende.css", "notify"),
        ("/mailbox/", "notify"),
        ("/deskundige/", "intake"),
    ],
)
def test_each_path_reaches_its_service_unchanged(proxy, path, service):
    assert get(proxy, path) == (200, f"{service} {path}")


@pytest.mark.parametrize("name", ["metrics", "healthz", "readyz"])
@pytest.mark.parametrize("way", ["/{}", "//{}", "/./{}", "/x/../{}", "/%{:x}{}", "/{}?a=1"])
def test_what_is_for_operators_is_never_forwarded(proxy, name, way):
    path = way.format(ord(name[0]), name[1:]) if "%" in way else way.format(name)

    assert get(proxy, path)[0] == 404


def test_the_requested_address_is_passed_on_and_the_client_cannot_choose_his_own(proxy):
    headers = {"Host": "arende.localhost:8000", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "gopher"}

    headers_received = get(proxy, "/headers", headers)[1]

    assert "Host: arende.localhost:8000" in headers_received
    assert "X-Forwarded-For: 127.0.0.1" in headers_received
    assert "X-Forwarded-Proto: http\n" in headers_received


def test_where_tls_ends_in_front_the_client_is_who_connected_there_and_not_what_his_header_claims(proxy):
    headers_received = get(proxy, "/headers", {"X-Forwarded-For": "192.0.2.1, 198.51.100.7"}, source=IN_FRONT)[1]

    assert "X-Forwarded-For: 198.51.100.7\n" in headers_received


def test_one_client_who_asks_too_often_holds_up_no_other(proxy):
    def ask(client: str) -> int:
        return get(proxy, "/", {"X-Forwarded-For": client}, source=IN_FRONT)[0]

    with ThreadPoolExecutor(8) as many:
        often = set(many.map(ask, ["198.51.100.8"] * 600))
        another = set(many.map(ask, ["198.51.100.9"] * 100))

    assert often == {200, 429}
    assert another == {200}


def test_too_much_is_refused_with_a_problem(proxy):
    status, body = get(proxy, "/", {"Content-Length": str(200_000_000)}, method="POST")

    assert status == 413
    assert "urn:arende:problem:too-large" in body


def get(
    port: int, path: str, headers: dict[str, str] | None = None, method: str = "GET", source: str = "127.0.0.1"
) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def stand_in(name: str) -> ThreadingHTTPServer:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (str(self.headers) if self.path == "/headers" else f"{name} {self.path}").encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def configuration(folder: Path, services: dict[str, ThreadingHTTPServer], port: int) -> Path:
    """The proxy's own configuration with other addresses in it."""
    found = re.sub("(/var)?/tmp/", f"{folder}/", text("deploy/proxy/nginx.conf"))
    found = found.replace("set_real_ip_from 10.0.0.0/8;", f"set_real_ip_from {IN_FRONT};")
    found = found.replace("rate=50r/s", "rate=1r/s")  # so that also a slow machine asks too often
    found = found.replace("listen 8000;", f"listen 127.0.0.1:{port};")
    for name, server in services.items():
        found, changed = re.subn(rf"{name}-web:{PORTS[name]}", f"127.0.0.1:{server.server_port}", found)
        assert changed == 1
    (folder / "nginx.conf").write_text(found)
    return folder / "nginx.conf"


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx did not come up")
