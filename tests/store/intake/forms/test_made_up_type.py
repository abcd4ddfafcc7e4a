"""A new field type is one class and one line in the registry: here one that only this test has, all the way through."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow
import pytest

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import AnswerField, JsonSchema, Posted, Text
from services.intake.forms.fields.registry import FIELD_TYPES
from services.intake.submissions.models import Submission
from shared.clock import Clock
from tests.house.reading import ROOT
from tests.store.intake.browser import FAULT_REPORT, FORM, Browser
from tests.store.intake.harness import API, Intake
from tests.system.submissions import a_fault_report


@dataclass(frozen=True, kw_only=True)
class ShoeSizeField(AnswerField):
    """A European shoe size, at most `largest`."""

    type: ClassVar[str] = "shoe_size"
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {"largest": marshmallow.fields.Int(strict=True)}
    may_hold_personal_data: ClassVar[bool] = False
    input_class: ClassVar[str] = "input-short"
    inputmode: ClassVar[str] = "numeric"

    largest: int = 50

    def read(self, value: Any, clock: Clock) -> int:
        if not isinstance(value, int) or not 15 <= value <= self.largest:
            raise InvalidAnswer("shoe_size", "“%(label)s” must be a shoe size.", label=self.label)
        return value

    def from_browser(self, posted: Posted) -> Any:
        text = posted.get(self.name, "")
        return int(text) if text.isdecimal() else text

    def json_schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": 15, "maximum": self.largest}

    def display(self, value: int) -> Text:
        return {"sv": f"storlek {value}", "en": f"size {value}"}


QUESTION = """
          - name: shoes
            type: shoe_size
            largest: 48
            fact: true
            label: {sv: Skostorlek, en: Shoe size}
"""


@pytest.fixture
def intake(tmp_path, clock, monkeypatch):
    """An intake whose fault report has a question of the type."""
    monkeypatch.setitem(FIELD_TYPES, "shoe_size", ShoeSizeField)
    definition = (ROOT / "eservices/common/felanmalan.yaml").read_text()
    before, name, after = definition.partition("\n          - name: noticed_on")
    (tmp_path / "eservices/common").mkdir(parents=True)
    (tmp_path / "eservices/common/felanmalan.yaml").write_text(f"{before}{QUESTION.rstrip()}{name}{after}")
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, eservices=tmp_path / "eservices")


def test_the_api_reads_it_and_rules_see_it(intake):
    submission = intake.submitted(a_fault_report(shoes=43))

    [event] = intake.outbox()
    assert event["data"]["facts"]["shoes"] == 43
    [answer] = [each for each in submission.answers if each["field"] == "shoes"]
    assert (answer["type"], answer["value"]) == ("shoe_size", {"sv": "storlek 43", "en": "size 43"})


def test_the_api_refuses_what_is_none(intake):
    answer = intake.submit(a_fault_report(shoes=49))

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/answers/shoes"]


def test_the_api_shows_it(intake):
    path = f"{API}/e-services/felanmalan"

    schema = intake.client().get(f"{path}/json-schema").json
    pages = intake.client().get(path).json["pages"]
    questions = [each for page in pages for section in page["sections"] for each in section["fields"]]

    assert schema["properties"]["answers"]["properties"]["shoes"] == {
        "title": "Skostorlek",
        "type": "integer",
        "minimum": 15,
        "maximum": 48,
    }
    assert [(each["name"], each["options"]) for each in questions if each["type"] == "shoe_size"] == [("shoes", [])]


def test_the_page_asks_for_it_and_the_receipt_shows_it(intake):
    browser = Browser(intake.client())
    assert 'name="shoes" type="text" value="" class="input-short" inputmode="numeric"' in browser.open(FORM).text

    rejected = browser.send(FORM, FAULT_REPORT | {"shoes": "stora"})
    assert rejected.status_code == 422
    assert '<a href="#shoes">' in rejected.text

    sent = browser.send(FORM, FAULT_REPORT | {"shoes": "43"})
    assert "storlek 43" in browser.open(sent.headers["Location"]).text
    assert len(intake.rows(Submission)) == 1
