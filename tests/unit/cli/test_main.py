"""The `arende` command itself: its help, what it answers to a wrong setting, which arguments it refuses."""

import os
import sys

import pytest
from click.testing import CliRunner

from services.cli.main import COMMANDS, main


@pytest.fixture
def arende(tmp_path, monkeypatch):
    """Run the command with no installation in sight."""
    for service in ("INTAKE", "ROUTING", "NOTIFY"):
        monkeypatch.delenv(f"{service}_DATABASE_URL", raising=False)
    monkeypatch.setenv("ARENDE_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(main, list(words))


def test_help_names_every_command(arende):
    output = arende("--help").output

    assert [name for name in COMMANDS if f"  {name} " not in output] == []


def test_help_is_given_where_the_system_does_not_know_which_processors_may_be_used(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.delitem(sys.modules, "services.cli.web", raising=False)

    assert CliRunner().invoke(main, ["web", "--help"]).exit_code == 0


def test_a_wrong_setting_is_one_line_and_status_2(arende):
    result = arende("failed", "list", "notify")

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("arende: there is no installation in ")


def test_an_unknown_command_is_refused(arende):
    assert "No such command 'fly'" in arende("fly").stderr


@pytest.mark.parametrize("words", [("--since", "yesterday"), ("--since", "2026-11-23T08:00")])
def test_replay_wants_a_time_with_its_zone(arende, words):
    result = arende("replay", "intake", *words)

    assert result.exit_code == 2
    assert "2026-11-23T08:00+01:00" in result.stderr


def test_reconcile_wants_a_duration_it_can_read(arende):
    assert "write it as 90s, 5m or 2h" in arende("reconcile", "--grace", "a while").stderr


@pytest.mark.parametrize(
    "words", [("retry",), ("retry", "--all", "5a41d4e4"), ("drop",), ("drop", "--parked"), ("drop", "--all", "x")]
)
def test_retry_and_drop_need_ids_or_an_option_that_chooses(arende, words):
    verb, *rest = words
    result = arende("failed", verb, "notify", *rest)

    assert (result.exit_code, "name the events by their ids, or choose them with --all" in result.stderr) == (2, True)


def test_an_unknown_person_gets_no_token(arende):
    result = arende("token", "--as", "nobody")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: nobody is none of the demo people: anna.andersson, ")
    assert result.stderr.count("\n") == 1


def test_up_without_the_demo_provider_is_one_line_and_nothing_is_begun(arende, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "oidc_provider_mock", None)

    result = arende("up")

    assert result.exit_code == 2
    assert result.stderr == (
        "arende: the demo OpenID provider is not installed: install Ärende with its extra `standalone`\n"
    )
    assert not (tmp_path / "var").exists()
