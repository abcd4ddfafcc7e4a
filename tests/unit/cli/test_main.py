"""The `arende` command itself: its help, what it answers to a wrong setting, which arguments it refuses."""

import os
import shutil
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


@pytest.fixture
def files(tmp_path):
    """A copy of the demo municipalities and e-services."""
    for name in ("municipalities", "eservices"):
        shutil.copytree(name, tmp_path / name)
    return tmp_path


def check(arende, files):
    return arende("eservice", "check", str(files / "eservices"), "--municipalities", str(files / "municipalities"))


def test_right_definitions_are_counted(arende, files):
    result = check(arende, files)

    assert (result.exit_code, result.stdout) == (0, "3 right definitions, 0 errors\n")


def test_every_error_of_definitions_and_casework_has_its_line(arende, files):
    definition = files / "eservices/common/felanmalan.yaml"
    definition.write_text(definition.read_text().replace("board: TN", "board: XX").replace("version: 1", "version: 0"))
    (files / "eservices/stockholm").mkdir()

    result = check(arende, files)

    assert result.exit_code == 1
    for part in ("felanmalan.yaml:6: version: Must be", "there is no board XX", "there is no municipality stockholm"):
        assert part in result.stdout
    assert result.stdout.endswith("2 right definitions, 4 errors\n")


def test_a_table_that_a_definition_needs_and_a_municipality_lacks_is_an_error(arende, files):
    definition = files / "eservices/common/felanmalan.yaml"
    options = (
        "            options:\n"
        + definition.read_text().partition("            options:\n")[2].partition("          - name: place")[0]
    )
    definition.write_text(definition.read_text().replace(options, "            options_from: {table: categories}\n"))

    result = check(arende, files)

    assert "alvdalen: felanmalan: category: there is no table categories" in result.stdout


def test_a_bad_municipality_does_not_hide_a_bad_definition(arende, files):
    (files / "municipalities/alvdalen/municipality.yaml").unlink()
    (files / "eservices/common/felanmalan.yaml").write_text("")

    result = check(arende, files)

    assert "municipality.yaml:1: is missing" in result.stdout
    assert "felanmalan.yaml:1: is not a mapping" in result.stdout


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
