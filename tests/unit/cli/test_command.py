"""The `arende` command itself: what it loads, how it tells of a wrong setting, what it refuses."""

import os
import socket
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from services.cli.main import COMMANDS, main
from services.operations.stores import migrate
from services.standalone.config import Settings, embedded
from tests.bus import eventually


@pytest.fixture
def arende(tmp_path, monkeypatch):
    """Run the command with no installation in sight."""
    for service in ("INTAKE", "ROUTING", "NOTIFY"):
        monkeypatch.delenv(f"{service}_DATABASE_URL", raising=False)
    monkeypatch.setenv("ARENDE_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(main, list(words))


def test_help_names_every_command(arende):
    told = arende("--help").output

    assert [name for name in COMMANDS if f"  {name} " not in told] == []


def test_help_is_given_where_nobody_tells_which_processors_may_be_used(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.delitem(sys.modules, "services.cli.web", raising=False)

    assert CliRunner().invoke(main, ["web", "--help"]).exit_code == 0


def test_a_wrong_setting_is_one_line_and_status_2(arende):
    result = arende("failed", "list", "notify")

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("arende: there is no installation in ")


def test_a_taken_port_is_one_line_and_nothing_is_begun(arende, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("ARENDE_PORT", str(port))
        result = arende("up")

    assert result.exit_code == 2
    assert result.stderr == f"arende: port {port} is taken: stop what uses it, or set ARENDE_PORT to a free port\n"
    assert not (tmp_path / "var").exists()


def test_what_is_no_command_is_said_to_be_none(arende):
    assert "No such command 'fly'" in arende("fly").stderr


@pytest.mark.parametrize("words", [("--since", "yesterday"), ("--since", "2026-11-23T08:00")])
def test_replay_wants_a_time_with_its_zone(arende, words):
    result = arende("replay", "intake", *words)

    assert result.exit_code == 2
    assert "2026-11-23T08:00+01:00" in result.stderr


def test_reconcile_wants_a_duration_it_can_read(arende):
    assert "write it as 90s, 5m or 2h" in arende("reconcile", "--grace", "a while").stderr


def test_retry_wants_to_know_which(arende):
    assert "name the events, or say --all" in arende("failed", "retry", "notify").stderr


@pytest.mark.parametrize("words", ["retry", "drop"])
def test_an_event_that_is_not_held_is_said_to_be_none_with_status_1(arende, tmp_path, words):
    migrate("notify", embedded(Settings(var=tmp_path / "var")))

    result = arende("failed", words, "notify", "5a41d4e4")

    assert (result.exit_code, result.stderr) == (1, "Error: notify holds only 0 of the 1 named\n")


def test_a_token_is_given_to_nobody_unknown(arende):
    result = arende("token", "--as", "nobody")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: nobody is none of the demo people: anna.andersson, ")
    assert result.stderr.count("\n") == 1


def test_a_folder_in_which_another_runs_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    var = tmp_path / "var"
    environ = {**os.environ, "ARENDE_VAR": str(var), "ARENDE_PORT": str(port)}
    command = [sys.executable, "-m", "services.cli.main", "up"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as first:
        try:
            eventually(lambda: answer(f"http://127.0.0.1:{port}/readyz"))
            environ["ARENDE_PORT"] = str(port + 1)
            second = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)
        finally:
            first.terminate()

    assert second.returncode == 2
    assert second.stderr == f"arende: {var}/ is in use: stop what runs there, or set ARENDE_VAR to another folder\n"


BECOMES = """
import os, sys
os.execv = lambda path, words: print(*words, sep="\\n")
from services.cli.main import main
main(["web", {service!r}], standalone_mode=False)
print(*sys.modules, sep="\\n")
"""


@pytest.fixture
def web(tmp_path):
    """Run `arende web` in a process of its own, to where it would become gunicorn; what it said."""

    def web(service, **environ):
        installed = {**os.environ, **embedded(Settings(var=tmp_path)), **environ}
        script = BECOMES.format(service=service)
        return subprocess.run(
            [sys.executable, "-c", script], env=installed, capture_output=True, text=True, check=False
        )

    return web


@pytest.mark.parametrize("service", ["intake", "routing", "notify"])
def test_a_web_process_becomes_gunicorn_without_the_code_of_other_services(web, service):
    said = web(service)
    others = {"intake", "routing", "notify"} - {service}
    loaded = said.stdout.split()

    assert said.stderr == ""
    assert loaded[1:3] == ["-m", "gunicorn"]
    assert loaded[5] == f"services.{service}.app:application()"
    assert f"services.{service}.app" in loaded
    assert not [name for name in loaded if name in {f"services.{other}" for other in others}]


def test_a_web_process_that_cannot_read_a_municipality_says_so_once_and_never_becomes_gunicorn(web, tmp_path):
    broken = tmp_path / "municipalities" / "provby" / "municipality.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("a: [1")

    said = web("intake", ARENDE_MUNICIPALITIES=str(broken.parents[1]))

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith(f"arende: {broken}:1: ")
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize("processes", ["x", "0", "-1"])
def test_a_number_of_processes_that_is_none_is_one_line(web, processes):
    said = web("intake", WEB_CONCURRENCY=processes)

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == (
        "arende: WEB_CONCURRENCY is wrong (must be a whole number, 1 or more): set it to how many processes serve\n"
    )


def test_a_worker_is_not_ready_while_its_broker_does_not_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as nobody, socket.create_server(("127.0.0.1", 0)) as free:
        silent, port = nobody.getsockname()[1], free.getsockname()[1]
    environ = {
        **os.environ,
        **embedded(Settings(var=tmp_path)),
        "ARENDE_BROKER_URL": f"amqp://127.0.0.1:{silent}",
        "INTAKE_METRICS_PORT": str(port),
    }
    with subprocess.Popen([sys.executable, "-m", "services.cli.main", "worker", "intake"], env=environ) as worker:
        try:
            eventually(lambda: answer(f"http://127.0.0.1:{port}/healthz"))
            told = answer(f"http://127.0.0.1:{port}/readyz")
        finally:
            worker.kill()

    assert (told.status_code, told.json()["failed"]) == (503, ["broker"])


def answer(url):
    """What is answered there; None when nobody answers."""
    try:
        return httpx.get(url, timeout=10)
    except httpx.TransportError:
        return None
