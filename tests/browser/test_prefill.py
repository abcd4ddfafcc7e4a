"""A citizen whose page is prefilled: they see from where, change or decline it, and go on without the register."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from services.intake.submissions.models import Submission
from tests.browser.checks import LANGUAGES, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import check_and_send, send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.registers import Register, serving_register
from tests.store.intake.drafts.test_prefilling import CHURCH, FACTS, FORM, write_property_form
from tests.store.intake.harness import Intake

pytestmark = pytest.mark.chromium

NOTES = {
    "sv": "Hämtat från fastighetsregistret 23 november 2026, som det var 20 november 2026.",
    "en": "Fetched from the property register on 23 November 2026, as it was on 20 November 2026.",
}


@pytest.fixture
def register() -> Iterator[Register]:
    """A register that knows two properties."""
    with serving_register(FACTS) as register:
        yield register


@pytest.fixture
def intake(tmp_path, register) -> Iterator[Intake]:
    """An intake that answers at its public URL, and prefills from the register."""
    made: list[Intake] = []

    def app_for(origin: str) -> Any:
        made.append(
            Intake.opened(
                tmp_path,
                f"sqlite:///{tmp_path}/store.sqlite",
                HandClock(),
                eservices=write_property_form(tmp_path),
                registers={"property": register.address},
                public_url=origin,
            )
        )
        return made[0].app

    with serving(app_for):
        yield made[0]


def at_the_site(visit: Visit, intake: Intake, **options: Any) -> Page:
    """The page of the property, once its designation is given."""
    page = visit(intake.settings.public_url, **options)
    page.goto(FORM)
    page.locator("[name=property]").fill(CHURCH)
    send(page)
    page.wait_for_url("**/sida/site*")
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_what_was_fetched_is_marked_at_each_question_and_may_be_changed(
    visit: Visit, intake: Intake, language: str, scripts: bool
):
    page = at_the_site(visit, intake, language=language, scripts=scripts)
    for name in ("[name=area]", "[name='address.street']", "fieldset:has([name=plan])"):
        described_by = (page.locator(name).get_attribute("aria-describedby") or "").split()
        assert [page.locator(f"#{each}").inner_text() for each in described_by] == [NOTES[language]]
    assert page.locator("[name=plan][value=inside]").is_checked()
    assert page.locator("[name=deviation]").is_visible()

    page.locator("[name=area]").fill("900")
    send(page)
    page.wait_for_url("**/sida/plan_page*")
    page.locator("[name=agreed]").check()
    check_and_send(page)

    [submission] = intake.rows(Submission)
    changed = {each["field"]: each["source"]["changed"] for each in submission.answers if "source" in each}
    assert changed == {"address": False, "area": True, "plan": False}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_it_may_be_declined_with_the_keyboard_and_fetched_again(visit: Visit, intake: Intake, scripts: bool):
    page = at_the_site(visit, intake, scripts=scripts)

    page.locator("button[value=decline]").press("Enter")

    page.get_by_text("Det som hämtades är borttaget.").wait_for()
    assert page.locator(".banner:focus").count() == 1
    assert page.locator("[name=area]").input_value() == ""
    assert page.locator(".source").count() == 0

    page.locator("button[value=fetch]").press("Enter")

    page.locator("#area-source").wait_for()
    assert page.locator("[name=area]").input_value() == "1240,5"


def test_where_the_register_is_away_the_page_is_filled_in_by_hand(visit: Visit, intake: Intake, register: Register):
    register.status = 503
    page = at_the_site(visit, intake)
    assert "gick inte att hämta uppgifter" in page.locator(".banner-warning").inner_text()

    page.locator("[name=plan][value=outside]").check()
    check_and_send(page)

    [submission] = intake.rows(Submission)
    assert not any("source" in each for each in submission.answers)


def test_every_state_is_well_made(visit: Visit, intake: Intake, register: Register):
    page = at_the_site(visit, intake)
    assert_well_made(page, language="sv")
    page.locator("[name=area]").fill("-1")
    send(page)
    page.locator(".error-summary").wait_for()
    assert_well_made(page, language="sv")
    page.locator("button[value=decline]").click()
    page.get_by_text("Du fyller i den här sidan själv.").wait_for()
    assert_well_made(page, language="sv")
    register.status = 404
    page.locator("button[value=fetch]").click()
    page.locator(".banner-warning").wait_for()
    assert_well_made(page, language="sv")
