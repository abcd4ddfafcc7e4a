"""The proxy, run for real before three stand-ins: what goes where, and what never goes through."""

import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.ports import free_port
from services.intake.attachments.api import LARGEST_UPLOAD
from services.intake.attachments.form_files import LARGEST_FORM
from services.intake.forms.fields.file import FORM_MEGABYTES
from services.routing.documents.upload import LARGEST_FORM as OFFICERS_FORM
from shared.files.storage import MB
from tests.house.reading import ROOT, text

IN_FRONT = "127.0.0.2"  # stands for the private address where TLS ends
PORTS = {"intake": 8001, "routing": 8002, "notify": 8003}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> Iterator[int]:
    """The proxy's port."""
    services = {name: stand_in(name) for name in PORTS}
    ports = {name: service.server_port for name, service in services.items()}
    with serving(tmp_path_factory.mktemp("proxy"), ports) as port:
        yield port
    for service in services.values():
        service.shutdown()


@pytest.fixture
def proxy_alone(tmp_path) -> Iterator[int]:
    """The port of a proxy whose services are away."""
    with serving(tmp_path, {name: free_port() for name in PORTS}) as port:
        yield port


@contextmanager
def serving(folder: Path, ports: dict[str, int]) -> Iterator[int]:
    """The port of a proxy before services at these ports."""
    program = shutil.which("nginx", path="/usr/local/bin:/usr/bin:/usr/sbin")
    if not program:
        pytest.skip("no nginx: install the package `nginx-light`")
    port = free_port()
    running = subprocess.Popen(
        [program, "-c", str(configuration(folder, ports, port)), "-g", "daemon off;"], stderr=subprocess.PIPE
    )
    wait_for(port)
    yield port
    running.terminate()
    running.wait(10)


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


FORM = "/alvdalen/e-tjanster/bygglov"
PAGES = {path.name for path in (ROOT / "deploy/proxy/pages").iterdir()}


def too_large(port: int, path: str, headers: dict[str, str]) -> tuple[int, str]:
    return get(port, path, {"Content-Length": "250000000", **headers}, method="POST")


def test_a_program_that_sends_too_much_gets_a_problem(proxy):
    status, body = too_large(proxy, "/intake/api/v1/municipalities/alvdalen/attachments", {"Accept-Language": "en"})

    assert (status, json.loads(body)["type"]) == (413, "urn:arende:problem:too-large")


@pytest.mark.parametrize(
    ("accepted", "cookie", "language"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.8", "", "sv"),
        ("en-GB,en;q=0.9", "", "en"),
        ("de-DE,de;q=0.9,en;q=0.8,sv;q=0.7", "", "en"),
        ("fr", "", "sv"),
        ("", "", "sv"),
        ("en", "language=sv", "sv"),
        ("sv", "a=b; language=en", "en"),
        ("en", "language=xx", "en"),
    ],
)
def test_a_person_who_sends_too_much_gets_a_page_in_their_language(proxy, accepted, cookie, language):
    status, body = too_large(proxy, FORM, {"Accept-Language": accepted, "Cookie": cookie})

    assert status == 413
    assert f'<html lang="{language}">' in body
    assert f"{FORM_MEGABYTES} MB" in body


def test_a_form_with_more_files_than_it_may_have_reaches_the_service_which_names_them(proxy):
    assert LARGEST_FORM >= 2 * FORM_MEGABYTES * MB
    assert LARGEST_FORM <= allowed("location / {") <= 1.1 * LARGEST_FORM
    assert LARGEST_UPLOAD <= LARGEST_FORM
    assert allowed("http {") >= 1_000_000
    assert OFFICERS_FORM <= allowed("location ~ ^/(routing/api/v1|desk)/cases/ {") <= 1.2 * OFFICERS_FORM


def test_a_service_that_is_away_is_answered_for_in_the_readers_language_with_a_time_to_come_back(proxy_alone):
    page = answer(proxy_alone, FORM, {"Accept-Language": "en"})
    problem = answer(proxy_alone, "/routing/api/v1/queues", {})

    assert (page.status, page.headers["Retry-After"]) == (503, "10")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="en">' in page.read().decode()
    assert (problem.status, problem.headers["Content-Type"].partition(";")[0]) == (503, "application/problem+json")


def test_who_asks_too_often_gets_a_page_in_their_language(proxy):
    def ask(_: int) -> tuple[int, str]:
        return get(proxy, "/", {"X-Forwarded-For": "198.51.100.10", "Accept-Language": "en"}, source=IN_FRONT)

    with ThreadPoolExecutor(8) as many:
        refused = {body for status, body in many.map(ask, range(600)) if status == 429}

    assert ['<html lang="en">' in body for body in refused] == [True]


def test_nobody_asks_for_what_the_proxy_answers_itself(proxy):
    assert get(proxy, "/_refused/too-large.sv.html")[0] == 404


@pytest.mark.parametrize("name", sorted(PAGES))
def test_what_the_proxy_answers_itself_needs_nothing_else(name):
    page = ROOT / "deploy/proxy/pages" / name
    content = page.read_text()

    if page.suffix == ".json":
        assert json.loads(content).keys() == {"type", "title", "status"}
    else:
        assert not re.search("src=|href=|url\\(", content)
        assert page.with_name(f"{page.name.partition('.')[0]}.json").exists()
        assert {f"{page.name.partition('.')[0]}.{language}.html" for language in ("sv", "en")} <= PAGES


def allowed(where: str) -> int:
    """The bytes that the proxy takes of a body there."""
    found = re.search(re.escape(where) + r"[^{}]*?client_max_body_size (\d+)m;", text("deploy/proxy/nginx.conf"))
    assert found
    return int(found[1]) * 1024 * 1024


def get(
    port: int, path: str, headers: dict[str, str] | None = None, method: str = "GET", source: str = "127.0.0.1"
) -> tuple[int, str]:
    received = answer(port, path, headers or {}, method, source)
    return received.status, received.read().decode()


def answer(
    port: int, path: str, headers: dict[str, str], method: str = "GET", source: str = "127.0.0.1"
) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
    connection.request(method, path, headers=headers)
    return connection.getresponse()


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


def configuration(folder: Path, ports: dict[str, int], port: int) -> Path:
    """The proxy's own configuration with other addresses in it."""
    found = re.sub("(/var)?/tmp/", f"{folder}/", text("deploy/proxy/nginx.conf"))
    found = found.replace("set_real_ip_from 10.0.0.0/8;", f"set_real_ip_from {IN_FRONT};")
    found = found.replace("rate=50r/s", "rate=1r/s")  # so that also a slow machine asks too often
    found = found.replace("listen 8000;", f"listen 127.0.0.1:{port};")
    found = found.replace("/etc/nginx/pages/", f"{ROOT}/deploy/proxy/pages/")
    for name, behind in ports.items():
        found, changed = re.subn(rf"{name}-web:{PORTS[name]}", f"127.0.0.1:{behind}", found)
        assert changed
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
