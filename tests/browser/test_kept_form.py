"""A form that closes soon and is kept for later: who may use it, what its answers depend on, and the reminder."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from services.intake.drafts.models import Draft
from tests.browser.checks import LANGUAGES, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.harness import Intake
from tests.unit.intake.forms.support_form import DEFINITION, is_, options, question, text

pytestmark = pytest.mark.chromium

COST = {"fact": "rent", "operator": "at_least", "value": 1234.5}
FORM = DEFINITION | {
    "open_until": "2026-12-08",
    "identity": "substantial",
    "identity_proof": {"sv": "Vi ringer dig innan vi beslutar.", "en": "We call you before we decide."},
    "submitter": {"name": "name", "email": "email"},
    "agreements": [],
    "pages": [
        {
            "code": "who",
            "title": text("Who"),
            "sections": [
                {
                    "fields": [
                        question("name", required=True),
                        question("email", "email", required=True),
                        question("area", "select", required=True, options=options("north", "south")),
                        question("school", "select", options_from={"table": "schools", "where": {"area": "area"}}),
                        question("rent", "money"),
                        question("why", show_if=COST),
                    ]
                }
            ],
        },
        {
            "code": "more",
            "title": text("More"),
            "sections": [
                {
                    "fields": [
                        question("also", "radio", options_from={"table": "schools", "where": {"area": "area"}}),
                        question("kept", "checkbox", show_if=is_("area", "north")),
                    ]
                }
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def intake(tmp_path_factory) -> Iterator[Intake]:
    """An intake that answers at its public URL, and whose e-service closes in two weeks."""
    folder = tmp_path_factory.mktemp("kept")
    made: list[Intake] = []

    def app_for(origin: str) -> Any:
        eservices = write_support(folder, FORM)
        url = f"sqlite:///{folder}/store.sqlite"
        made.append(Intake.opened(folder, url, HandClock(), eservices=eservices, public_url=origin))
        return made[0].app

    with serving(app_for):
        yield made[0]


def filled_in(page: Page) -> None:
    """Fill in the first page, as far as it must be."""
    page.goto(SUPPORT)
    page.locator("[name=name]").fill("Kim")
    page.locator("[name=email]").fill("kim@example.se")
    page.locator("[name=area]").select_option("north")


def saved(page: Page) -> None:
    """Keep the form for later."""
    page.locator("button[value=later]").click()
    page.wait_for_url("**/spara")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_options_and_amounts_are_what_the_other_answers_make_them(visit: Visit, intake: Intake, scripts: bool) -> None:
    page = visit(intake.settings.public_url, scripts=scripts)
    filled_in(page)
    assert "e-legitimation på tillitsnivå 3" in page.locator("main").inner_text()
    assert "Vi ringer dig innan vi beslutar." in page.locator("main").inner_text()
    assert page.locator("noscript .hint").is_visible() is not scripts

    page.locator("[name=rent]").fill("1.234,50 kr")
    if not scripts:
        send(page)
    page.locator("[name=why]").wait_for()
    send(page)

    page.wait_for_url("**/sida/more")
    assert page.locator("[name=also]").count() == 1
    assert page.locator("noscript .hint").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reminder_is_shown_changed_and_declined_by_keyboard(visit: Visit, intake: Intake, language: str) -> None:
    page = visit(intake.settings.public_url, language=language)
    filled_in(page)
    assert_well_made(page, language=language)
    saved(page)
    assert page.locator("#email").input_value() == "kim@example.se"
    assert_well_made(page, language=language)

    page.locator("#email").fill("no address")
    page.keyboard.press("Enter")
    page.locator(".error-summary").wait_for()
    assert_well_made(page, language=language)
    page.locator("#email").fill("robin@example.se")
    page.keyboard.press("Enter")
    page.get_by_text("robin@example.se").wait_for()
    page.locator("button[value=no]").press("Enter")

    page.locator("button[value=no]").wait_for(state="detached")
    assert "" in [each.reminder_address for each in intake.rows(Draft)]
