"""What authors expect of their definitions: the form's errors, pages and values, and the queue that rules choose."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from services.operations.eservice_tests import run
from tests.house.reading import ROOT
from tests.unit.intake.eservices.authoring.definitions import choice, holds, page, question, text, written

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SORT = choice("sort", "lamp", "road", required=True, fact=True)
ROOMS = {"fields": [question("area", "number", required=True)],
         "repeat": {"name": "rooms", "entry": text("rum"), "least": 0, "most": 3}}  # fmt: skip
PAGES = (
    page("one", SORT, question("day", "date", when="future"), question("photo", "file", max_files=2)),
    page("lamp", question("number", "number"), show_if=holds("sort", "is", "lamp")),
    {"code": "rooms", "title": text(), "sections": [ROOMS]},
    page("sum", question("total", "computed", formula={"sum": ["area"]})),
)
RULES = [
    {"name": "Lampa", "when": [holds("eservice", "is", "example"), holds("facts.sort", "is", "lamp")],
     "queue": "belysning"},
    {"name": "Helg", "when": [holds("weekday", "is", "saturday")], "queue": "park"},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Älvdalen and Robertsfors with one e-service, which Älvdalen has rules for."""
    for slug in ("alvdalen", "robertsfors"):
        shutil.copytree(ROOT / "municipalities" / slug, tmp_path / "municipalities" / slug)
    casework = tmp_path / "municipalities/alvdalen/casework.yaml"
    content = yaml.safe_load(casework.read_text())
    content["rules"] = [rule | {"because": text("för att")} for rule in RULES]
    casework.write_text(yaml.safe_dump(content, allow_unicode=True))
    robertsfors = tmp_path / "municipalities/robertsfors/casework.yaml"
    robertsfors.write_text(yaml.safe_dump(yaml.safe_load(robertsfors.read_text()) | {"rules": []}, allow_unicode=True))
    put(tmp_path / "eservices/common/example.yaml", written(*PAGES))
    return tmp_path


def put(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def tried(folder: Path, expect: dict, answers: dict | None = None, *, place: str = "common", **keys) -> list[str]:
    """The failures of one expectation, without the file's name."""
    file = folder / f"eservices/{place}/tests/example.yaml"
    test = {"name": "T", "answers": {"sort": "lamp"} if answers is None else answers, "expect": expect, **keys}
    put(file, {"tests": [test]})
    found = run(folder / "eservices", folder / "municipalities", lambda: NOW)
    assert found.tried
    assert all(str(each).startswith(f"{file}:") for each in found.failures)
    return [each.message for each in found.failures]


@pytest.mark.parametrize(
    ("expect", "answers", "keys"),
    [
        ({"queue": "belysning", "pages": ["one", "lamp", "rooms", "sum"]}, None, {}),
        ({"queue": "registrator", "pages": ["one", "rooms", "sum"]}, {"sort": "road"}, {}),
        ({"queue": "park"}, {"sort": "road"}, {"at": "2026-11-28 00:30"}),  # Saturday in Sweden, still Friday in UTC
        ({"errors": {"sort": "required"}}, {}, {}),
        ({"errors": {"photo": "too_many_files"}}, None, {"files": {"photo": 3}}),
        ({"errors": {"day": "past"}}, {"sort": "lamp", "day": "2026-11-26"}, {}),
        ({}, {"sort": "lamp", "day": "2026-11-26"}, {"at": "2026-11-25 12:00"}),
        ({"values": {"total": 5.5, "rooms.1.area": 3}}, {"sort": "road", "rooms": [{"area": 2.5}, {"area": 3}]}, {}),
        ({"errors": {"rooms.0.area": "required"}}, {"sort": "road", "rooms": [{}]}, {}),
    ],
)
def test_what_comes_out_as_expected_is_silent(folder, expect, answers, keys):
    assert tried(folder, expect, answers, municipality="alvdalen", **keys) == []


@pytest.mark.parametrize(
    ("expect", "answers", "message"),
    [
        ({"queue": "gata"}, None, "tests.T.expect.queue: is belysning, by the rule Lampa, and not gata (alvdalen)"),
        ({"queue": "gata"}, {"sort": "road"}, "tests.T.expect.queue: is registrator, as no rule matches, and not gata"),
        ({"queue": "gata", "errors": {"sort": "required"}}, {}, "queue: comes to no queue, as it is not accepted"),
        ({}, {}, "tests.T.expect: sort has the error required"),
        ({"errors": {"sort": "required"}}, None, "tests.T.expect.errors.sort: is accepted, and not required"),
        ({"errors": {"sort": "option"}}, {}, "tests.T.expect.errors.sort: is required, and not option"),
        ({"pages": ["one"]}, {"sort": "road"}, "tests.T.expect.pages: the pages are one, rooms, sum"),
        ({"values": {"total": 4}}, {"sort": "road", "rooms": [{"area": 3}]}, "expect.values.total: is 3, and not 4"),
        ({"values": {"total": 4}}, {"sort": "road"}, "expect.values.total: is not there, and not 4"),
    ],
)
def test_what_does_not_come_out_as_expected_is_a_line(folder, expect, answers, message):
    assert any(message in each for each in tried(folder, expect, answers, municipality="alvdalen"))


def test_the_line_is_that_of_the_expectation(folder):
    test = {"name": "T", "answers": {"sort": "lamp"}, "municipality": "alvdalen", "expect": {"queue": "x"}}
    put(folder / "eservices/common/tests/example.yaml", {"tests": [test]})

    [failure] = run(folder / "eservices", folder / "municipalities", lambda: NOW).failures

    assert failure.file.read_text().splitlines()[failure.line - 1].strip() == "queue: x"


def test_without_a_municipality_it_is_tried_in_all_that_offer_the_eservice(folder):
    [message] = tried(folder, {"queue": "belysning"})

    assert "is registrator, as no rule matches, and not belysning (robertsfors)" in message


def test_each_municipality_may_have_its_own_queue(folder):
    assert tried(folder, {"queue": {"alvdalen": "belysning", "robertsfors": "registrator"}}) == []
    assert tried(folder, {"queue": {"alvdalen": "belysning"}}) == []
    assert "and not gata (robertsfors)" in tried(folder, {"queue": {"robertsfors": "gata"}})[0]


def test_a_municipality_s_own_definition_has_tests_of_its_own(folder):
    put(folder / "eservices/robertsfors/example.yaml", written(page("own", question("box", "checkbox"))))

    assert tried(folder, {"queue": "belysning"}) == []
    assert "is not offered there" in tried(folder, {}, municipality="robertsfors")[0]
    (folder / "eservices/common/tests/example.yaml").unlink()
    assert tried(folder, {"pages": ["own"]}, {}, place="robertsfors") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"tests": []}, "tests: must not be empty"),
        ({"tests": [{"name": "T", "answers": {}}]}, "tests.T.expect: Missing data"),
        ({"tests": [{"name": "T", "answers": {}, "expect": {"que": "x"}}]}, "did you mean queue?"),
        ({"tests": [{"name": "T", "answers": {}, "expect": {}, "at": "noon"}]}, "must be a time in Sweden"),
    ],
)
def test_what_is_no_expectation_is_an_error(folder, content, message):
    put(folder / "eservices/common/tests/example.yaml", content)

    found = run(folder / "eservices", folder / "municipalities", lambda: NOW)

    assert any(message in str(each) for each in found.failures), found.failures


def test_expectations_of_what_is_no_definition(folder):
    put(folder / "eservices/common/tests/exampl.yaml", {"tests": [{"name": "T", "answers": {}, "expect": {}}]})

    [failure] = run(folder / "eservices", folder / "municipalities", lambda: NOW).failures

    message = "no municipality offers it: there is no good definition exampl: did you mean example?"
    assert (failure.file.stem, failure.line, failure.message) == ("exampl", 1, message)


def test_our_own_definitions_do_what_their_authors_expect():
    assert run(ROOT / "eservices", ROOT / "municipalities", lambda: NOW).failures == []


def test_the_handbook_s_example_comes_out_as_it_is_written(tmp_path):
    handbook = (ROOT / "docs/adding-an-eservice.md").read_text()
    [example] = [each for each in re.findall(r"```yaml\n(.*?)```", handbook, re.DOTALL) if "eservice_tests" in each]
    folder = tmp_path / "eservices/common"
    shutil.copytree(ROOT / "eservices", tmp_path / "eservices", ignore=shutil.ignore_patterns("tests"))
    (folder / "tests").mkdir()
    (folder / "tests/felanmalan.yaml").write_text(example)

    found = run(tmp_path / "eservices", ROOT / "municipalities", lambda: NOW)

    assert (found.tried, found.failures) == (2, [])
