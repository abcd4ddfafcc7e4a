"""The `arende` command itself: what it loads, how it tells of a wrong setting, what it refuses."""

import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from services.cli import COMMANDS, main


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


def test_a_wrong_setting_is_one_line_and_status_2(arende):
    result = arende("dead", "list", "notify")

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
    assert "name the events, or say --all" in arende("dead", "retry", "notify").stderr


@pytest.mark.parametrize("service", ["intake", "routing", "notify"])
def test_a_web_process_starts_without_the_code_of_other_services(service):
    others = {"intake", "routing", "notify"} - {service}
    script = (
        "import sys, os; os.execv = lambda *_: None\n"
        "from services.cli import main\n"
        f"main(['web', {service!r}], standalone_mode=False)\n"
    )
    probe = f"try:\n    exec({script!r})\nexcept SystemExit: pass\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys\n{probe}"], capture_output=True, text=True, check=True
    ).stdout.split()

    assert f"services.{service}.settings" in loaded
    assert not [name for name in loaded if name in {f"services.{other}" for other in others}]
    assert "prometheus_client" not in loaded
