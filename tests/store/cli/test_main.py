"""The `arende` command with stores and processes: what it loads, what it does with failed events, what it refuses."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from services.cli.main import main
from services.operations.stores import migrate
from services.standalone.config import Settings, standalone_settings
from tests.bus import eventually


@pytest.fixture
def arende(tmp_path, monkeypatch):
    """Run the command with no installation in sight."""
    for service in ("INTAKE", "ROUTING", "NOTIFY"):
        monkeypatch.delenv(f"{service}_DATABASE_URL", raising=False)
    monkeypatch.setenv("ARENDE_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(main, list(words))


def test_a_taken_port_is_one_line_and_nothing_is_begun(arende, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("ARENDE_PORT", str(port))
        result = arende("up")

    assert result.exit_code == 2
    assert result.stderr == f"arende: port {port} is taken: stop what uses it, or set ARENDE_PORT to a free port\n"
    assert not (tmp_path / "var").exists()


def test_a_bad_file_of_a_municipality_is_one_line(arende, tmp_path, monkeypatch):
    folder = shutil.copytree("municipalities", tmp_path / "municipalities")
    (folder / "alvdalen/casework.yaml").write_text("boards: [")
    monkeypatch.setenv("ARENDE_MUNICIPALITIES", str(folder))
    monkeypatch.setenv("ARENDE_PORT", str(free_port()))

    result = arende("up")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"arende: {folder}/alvdalen/casework.yaml:2: is not YAML")
    assert result.stderr.count("\n") == 1


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    """A folder in which `arende up` serves, where one definition is wrong; its port, and what it has shown."""
    folder = tmp_path_factory.mktemp("up")
    (shutil.copytree("eservices", folder / "eservices") / "common/felanmalan.yaml").write_text("code: felanmalan")
    environ = {
        **os.environ,
        "ARENDE_VAR": str(folder / "var"),
        "ARENDE_PORT": str(port := free_port()),
        "ARENDE_ESERVICES": str(folder / "eservices"),
    }
    command = [sys.executable, "-m", "services.cli.main", "up"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as up:
        try:
            yield folder, port, "".join(iter(up.stdout.readline, "Ärende is running.\n"))
        finally:
            up.terminate()


def test_what_is_wrong_with_a_definition_is_shown_and_the_others_serve(up):
    folder, port, shown = up

    assert f"Left out: {folder}/eservices/common/felanmalan.yaml:1: " in shown
    assert answer(f"http://127.0.0.1:{port}/alvdalen/e-tjanster/bygglov").status_code == 200


def test_a_folder_in_which_another_runs_is_one_line(arende, up, monkeypatch):
    folder, _, _ = up
    monkeypatch.setenv("ARENDE_VAR", str(folder / "var"))
    monkeypatch.setenv("ARENDE_PORT", str(free_port()))

    second = arende("up")

    assert second.exit_code == 2
    assert (
        second.stderr == f"arende: {folder}/var/ is in use: stop what runs there, or set ARENDE_VAR to another folder\n"
    )


@pytest.mark.parametrize("words", ["retry", "drop"])
def test_an_id_of_no_failed_event_is_refused_with_status_1(arende, tmp_path, words):
    migrate("notify", standalone_settings(Settings(var=tmp_path / "var")))

    result = arende("failed", words, "notify", "5a41d4e4")

    assert (result.exit_code, result.stderr) == (1, "Error: notify has only 0 of the 1 named\n")


BECOMES = """
import os, sys
os.execv = lambda path, words: print(*words, sep="\\n")
from services.cli.main import main
main(["web", {service!r}], standalone_mode=False)
print(*sys.modules, sep="\\n")
"""


@pytest.fixture
def web(tmp_path):
    """Run `arende web` in a process of its own, to where it would become gunicorn; its output."""

    def web(service):
        installed = {**os.environ, **standalone_settings(Settings(var=tmp_path))}
        script = BECOMES.format(service=service)
        return subprocess.run(
            [sys.executable, "-c", script], env=installed, capture_output=True, text=True, check=False
        )

    return web


@pytest.mark.parametrize("service", ["intake", "routing", "notify"])
def test_a_web_process_becomes_gunicorn_and_loads_no_service_twice(web, service):
    ran = web(service)
    loaded = ran.stdout.split()

    assert ran.stderr == ""
    assert loaded[1:3] == ["-m", "gunicorn"]
    assert loaded[5] == f"services.{service}.app:application()"
    assert not [name for name in loaded if name in {f"services.{each}" for each in ("intake", "routing", "notify")}]
    assert "sqlalchemy" not in loaded, "gunicorn is to load it"


WEB = [sys.executable, "-m", "services.cli.main", "web", "intake"]


@pytest.fixture
def environ_of_web(tmp_path):
    """The settings of an intake web with two processes on a free port, its figures in a folder of its own."""
    (tmp_path / "figures").mkdir()
    chosen = {"ARENDE_BIND": f"127.0.0.1:{free_port()}", "WEB_CONCURRENCY": "2", "TMPDIR": str(tmp_path / "figures")}
    return {**os.environ, **standalone_settings(Settings(var=tmp_path)), **chosen}


def test_a_web_that_cannot_read_a_municipality_ends_with_one_line_and_leaves_nothing(environ_of_web, tmp_path):
    broken = tmp_path / "municipalities" / "provby" / "municipality.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("a: [1")

    environ = environ_of_web | {"ARENDE_MUNICIPALITIES": str(broken.parents[1])}
    ran = subprocess.run(WEB, env=environ, capture_output=True, text=True, check=False, timeout=60)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"arende: {broken}:2: ")
    assert ran.stderr.count("\n") == 1
    assert not list((tmp_path / "figures").iterdir())


BUILDS = """
import json, os, sys, threading
from services.operations.registry import service
looked_up = service({service!r})
looked_up.worker()
loaded_for_web = [name for name in ("services.{service}.app", "flask", "joserfc") if name in sys.modules]
looked_up.app()
loaded = list(sys.modules)

from sqlalchemy import Engine, event
opened = []
event.listen(Engine, "connect", lambda *_: opened.append(1))
looked_up.web_app(os.environ)
print(json.dumps([loaded_for_web, loaded, len(opened), threading.active_count()]))
"""


@pytest.fixture(scope="module", params=["intake", "routing", "notify"])
def built(request, tmp_path_factory):
    """A service whose worker is loaded, then its app, which is then built, all in a process of its own."""
    environ = {**os.environ, **standalone_settings(Settings(var=tmp_path_factory.mktemp("built")))}
    script = BUILDS.format(service=request.param)
    ran = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    return Built(request.param, *json.loads(ran.stdout))


@dataclass(frozen=True)
class Built:
    """What was seen of it: what of a web the worker loads, the modules that both load, what building opens."""

    service: str
    loaded_for_web: list[str]
    loaded: list[str]
    connections: int
    threads: int


def test_building_the_app_opens_no_connection_and_no_thread(built):
    assert (built.connections, built.threads) == (0, 1), "processes that are forked from it would share them"


def test_a_service_is_loaded_without_the_others_or_the_demo_provider_and_a_worker_without_the_app(built):
    assert built.loaded_for_web == []
    assert {f"services.{built.service}.app", f"services.{built.service}.worker"} <= set(built.loaded)
    others = {"intake", "routing", "notify", "standalone"} - {built.service}
    foreign = (*(f"services.{each}" for each in others), "oidc_provider_mock")
    assert not [name for name in built.loaded if name.startswith(foreign)]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux shows what processes share")
def test_the_processes_of_a_web_share_most_of_their_memory(environ_of_web):
    with subprocess.Popen(WEB, env=environ_of_web, stdout=subprocess.DEVNULL) as web:
        try:
            eventually(lambda: answer(f"http://{environ_of_web['ARENDE_BIND']}/healthz"))
            eventually(lambda: len(children_of(web)) == 2)
            children = children_of(web)
            shared = [1 - memory(child, "Private") / memory(child, "Rss") for child in children]
        finally:
            web.terminate()

    assert min(shared) > 0.6


def children_of(process):
    """The ids of a process's children."""
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def memory(process, kind):
    """How many kB of this kind a process has."""
    found = re.findall(rf"^{kind}\w*: +(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text(), re.M)
    return sum(map(int, found))


@pytest.mark.parametrize("processes", ["x", "0", "-1"])
def test_a_number_of_processes_that_is_none_is_one_line(arende, monkeypatch, processes):
    monkeypatch.setenv("WEB_CONCURRENCY", processes)
    monkeypatch.delattr(os, "execv")  # it must not come to where it becomes gunicorn

    ran = arende("web", "intake")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == (
        "arende: WEB_CONCURRENCY is wrong (must be a whole number, 1 or more): set it to how many processes serve\n"
    )


def test_a_worker_is_not_ready_while_its_broker_does_not_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent_broker, socket.create_server(("127.0.0.1", 0)) as free:
        silent, port = silent_broker.getsockname()[1], free.getsockname()[1]
    environ = {
        **os.environ,
        **standalone_settings(Settings(var=tmp_path)),
        "ARENDE_BROKER_URL": f"amqp://127.0.0.1:{silent}",
        "INTAKE_METRICS_PORT": str(port),
    }
    with subprocess.Popen([sys.executable, "-m", "services.cli.main", "worker", "intake"], env=environ) as worker:
        try:
            eventually(lambda: answer(f"http://127.0.0.1:{port}/healthz"))
            readiness = answer(f"http://127.0.0.1:{port}/readyz")
        finally:
            worker.kill()

    assert (readiness.status_code, readiness.json()["failed"]) == (503, ["broker"])


@pytest.mark.parametrize(
    ("changed", "status", "line"),
    [
        ({"ARENDE_BROKER_URL": "memory://arende"}, 2, "ARENDE_BROKER_URL is wrong (memory: reaches no other process)"),
        ({"ARENDE_PUBLIC_URL": "https://example.se/e"}, 2, "ARENDE_PUBLIC_URL is wrong (has a path, "),
        ({"ROUTING_METRICS_PORT": "taken"}, 2, "ROUTING_METRICS_PORT is wrong (Address already in use)"),
        (
            {"ROUTING_DATABASE_URL": "postgresql+psycopg://arende:s3cret@127.0.0.1:1/arende"},
            1,
            "database arende at 127.0.0.1:1: connection failed",
        ),
    ],
    ids=["broker", "public address", "port", "store"],
)
def test_a_worker_that_cannot_start_gives_the_reason_in_one_line(tmp_path, changed, status, line):
    own = {**standalone_settings(Settings(var=tmp_path)), "ARENDE_BROKER_URL": "amqp://127.0.0.1:1"}
    migrate("routing", own)
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        environ = {**os.environ, **own, **{name: port if each == "taken" else each for name, each in changed.items()}}
        command = [sys.executable, "-m", "services.cli.main", "worker", "routing"]
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)

    assert ran.returncode == status
    [said] = (ran.stdout + ran.stderr).splitlines()
    assert line in said
    assert "s3cret" not in said


def answer(url):
    """The answer from there; None without one."""
    try:
        return httpx.get(url, timeout=10)
    except httpx.TransportError:
        return None


NOWHERE = "user:secret@127.0.0.1:1"


@pytest.mark.parametrize(
    ("words", "variable", "address", "begins"),
    [
        (["failed", "list", "notify"], "NOTIFY_DATABASE_URL", f"postgresql+psycopg://{NOWHERE}/x", "the database "),
        (["declare"], "ARENDE_BROKER_URL", f"amqp://{NOWHERE}//", "the broker amqp://user:**@"),
    ],
)
def test_what_cannot_be_reached_is_one_line_and_status_1(monkeypatch, words, variable, address, begins):
    monkeypatch.setenv(variable, address)

    result = CliRunner().invoke(main, words)

    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith(f"arende: {begins}")
    assert "refused" in result.stderr
    assert "secret" not in result.stderr
