"""Whatever the form: its pages render, whatever is typed into them, and they send what the API accepts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from services.intake.forms.browser_form import answers, answers_to_shown
from services.intake.submissions.models import Submission
from shared import live
from tests.any_form import ROWS, TABLE, definitions, the_form, typed
from tests.builders import HandClock
from tests.store.intake.browser import Browser
from tests.store.intake.harness import Intake

FORM = "/alvdalen/e-tjanster/made_up"


class Offering:
    """An intake whose only e-service is another each time."""

    def __init__(self, folder: Path) -> None:
        self.common = folder / "eservices/common"
        (self.common / "data").mkdir(parents=True)
        (self.common / f"data/{TABLE}.yaml").write_bytes(orjson.dumps({"rows": ROWS}))
        url = f"sqlite:///{folder}/store.sqlite"
        self.intake = Intake.opened(folder, url, HandClock(), eservices=folder / "eservices")

    def offer(self, definition: dict[str, Any]) -> Browser:
        """Offer this; somebody at its first page."""
        (self.common / "made_up.yaml").write_bytes(orjson.dumps(definition))
        browser = Browser(self.intake.client())
        assert browser.open(FORM).status_code == 200
        return browser


@pytest.fixture(scope="module")
def offering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offering]:
    """One app for all that is made up: it looks at its files whenever it answers, and waits for none to settle."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LOOK_SECONDS", 0)
        patch.setattr(live, "SETTLE_SECONDS", 0)
        yield Offering(tmp_path_factory.mktemp("made_up"))


def few(examples: int) -> settings:
    """What is found is not made smaller: that takes minutes."""
    found = (Phase.explicit, Phase.reuse, Phase.generate)
    slow = [HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, phases=found, suppress_health_check=slow)


def pages_of(definition: dict[str, Any]) -> list[str]:
    return [page["code"] for page in definition["pages"]]


@few(12)
@given(data=st.data())
def test_every_page_of_any_form_renders_whatever_is_typed(offering: Offering, data: st.DataObject) -> None:
    definition = data.draw(definitions())
    browser = offering.offer(definition)
    inputs = data.draw(typed(definition))
    [draft_id] = re.findall(r'name="draft" value="([^.]+)\.', browser.page)
    browser.press(FORM, inputs)
    draft = f"{FORM}/utkast/{draft_id}"
    buttons = st.sampled_from([{}, {"go": "back"}, {"go": "later"}, {"add": "q1"}, {"drop": "q1.0"}, {"lang": "en"}])

    for page in pages_of(definition):
        shown = browser.open(f"{draft}/sida/{page}")
        assert shown.status_code == 200
        if 'id="fill-in"' in shown.text:  # not an exit
            answered = browser.press(f"{draft}/sida/{page}", inputs | data.draw(buttons))
            assert answered.status_code in (200, 303, 409, 422)
    check = browser.open(f"{draft}/kontrollera")
    assert check.status_code == 200
    if "Skicka</button>" in check.text:
        assert browser.press(f"{draft}/kontrollera", {}).status_code == 303


@few(8)
@given(data=st.data())
def test_what_the_pages_send_is_what_the_api_accepts(offering: Offering, data: st.DataObject) -> None:
    definition = data.draw(definitions())
    browser = offering.offer(definition)
    before = len(offering.intake.rows(Submission))
    inputs = data.draw(typed(definition, good=True))
    assume("/kvitto/" in browser.send(FORM, inputs).headers.get("Location", ""))

    form = the_form(definition)
    written = answers(form.eservice, inputs)
    sent = answers_to_shown(form.reading(written, {}), written)
    answer = offering.intake.submit({"eservice": "made_up", "answers": sent})

    assert answer.status_code == 201, answer.json["errors"]
    [of_pages, of_api] = offering.intake.rows(Submission)[before:]
    assert of_pages.answers == of_api.answers
    assert of_pages.title == of_api.title
