"""casework.yaml: right ones are read, wrong ones stop the start with one line; versions follow the content."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from services.routing.models import RuleSet
from services.routing.organisation import loader
from services.routing.rules.versions import adopt
from shared.settings import BadSetting
from tests.unit.routing.conftest import MUNICIPALITIES, everything


@pytest.fixture
def folder(tmp_path):
    """A copy of the demo municipalities."""
    return Path(shutil.copytree(MUNICIPALITIES, tmp_path / "municipalities"))


def change(folder, **changes):
    """Write Älvdalen's casework anew with these changes."""
    path = folder / "alvdalen" / "casework.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes, allow_unicode=True))


def test_the_demo_municipalities_are_read_by_code(folder):
    read = loader.load(folder)

    assert set(read) == {"2039", "2409"}
    assert read["2039"].queues["belysning"].publish
    assert read["2039"].published_keys() == ("belysning.2039",)


WHEN = [{"fact": "eservice", "operator": "is", "value": "x"}]
RULE = {"name": "R", "because": {"sv": "x"}, "when": WHEN, "queue": "gata"}
BOARD = {"code": "TN", "name": {"sv": "N"}, "number_pattern": "{board} {year}-{number}"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"registrar_queue": "ingen"}, "there is no queue ingen"),
        ({"rules": [RULE | {"queue": "ingen"}]}, "there is no queue ingen"),
        ({"rules": [RULE, RULE]}, "two of them have the name R"),
        ({"rules": [RULE | {"when": []}]}, "Shorter than minimum"),
        ({"rules": [RULE | {"because": {"en": "x"}}]}, "Swedish text"),
        ({"rules": [RULE | {"when": [WHEN[0] | {"operator": "matches"}]}]}, "Must be one of"),
        ({"rules": [RULE | {"when": [WHEN[0] | {"operator": "one_of"}]}]}, "one_of needs a list"),
        ({"rules": [RULE | {"when": [WHEN[0] | {"operator": "at_least"}]}]}, "at_least needs a number"),
        ({"boards": [BOARD]}, "there is no board BN"),
        ({"boards": [BOARD | {"code": "T1"}]}, "must end in a letter"),
        ({"boards": [BOARD, BOARD]}, "two of them have the code TN"),
        ({"boards": [BOARD | {"number_pattern": "{board}-{number}"}]}, "must hold {board}, {year} and {number}"),
        ({"boards": [BOARD | {"number_pattern": "{board.__class__} {year} {number}"}]}, "{number}"),
        ({"boards": [BOARD | {"number_pattern": "{board} {year} {number:zz}"}]}, "is not a pattern"),
        ({"appeals": {"tingsratten": {"name": {"sv": "x"}}}}, "Must be one of"),
        ({"appeals": {"lansstyrelsen": {"name": {"en": "x"}}}}, "Swedish text"),
        ({"extra": 1}, "Unknown field"),
    ],
)
def test_a_wrong_file_is_told_of_in_one_line(folder, changes, told):
    change(folder, **changes)

    with pytest.raises(BadSetting) as fault:
        loader.load(folder)

    assert told in str(fault.value)
    assert "alvdalen/casework.yaml" in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("content", [b"", b"a: [", b"- 1", b"\xff\xfe", None])
def test_a_file_that_is_no_casework_at_all_is_told_of_in_one_line(folder, content):
    path = folder / "alvdalen" / "casework.yaml"
    path.unlink() if content is None else path.write_bytes(content)

    with pytest.raises(BadSetting) as fault:
        loader.load(folder)

    assert "alvdalen/casework.yaml" in str(fault.value)


def test_the_same_content_is_the_same_version_and_another_is_the_next(store, clock):
    read = loader.load(MUNICIPALITIES)["2039"]
    changed = replace(read, rules=read.rules[1:])

    in_turn = (read, read, changed, changed, read)
    versions = [adopt(each, sessions=store.sessions, now=clock()).version for each in in_turn]

    assert versions == [1, 1, 2, 2, 3]
    assert len(everything(store, RuleSet)) == 3


def test_workers_that_start_at_once_agree_on_the_version(store, clock):
    read = loader.load(MUNICIPALITIES)["2039"]

    with ThreadPoolExecutor(8) as pool:
        adopted = list(pool.map(lambda _: adopt(read, sessions=store.sessions, now=clock()), range(8)))

    assert {each.version for each in adopted} == {1}
    assert len(everything(store, RuleSet)) == 1
