"""A citizen whose form is held back by a limit, in a browser without JavaScript, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.browser.checks import LANGUAGES, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import DESCRIPTION, fill_in_the_first_page, send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.harness import Intake

pytestmark = pytest.mark.chromium


@dataclass
class LimitedIntake:
    """Where it answers, and its clock."""

    origin: str
    clock: HandClock


@pytest.fixture
def intake(tmp_path) -> Iterator[LimitedIntake]:
    """An intake that takes one submission from a client in an hour, and lets one reference be guessed."""
    clock = HandClock()

    def app_for(origin: str):
        limits = {"limit_client": 1, "limit_guesses": 1}
        return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, public_url=origin, **limits).app

    with serving(app_for) as origin:
        yield LimitedIntake(origin, clock)


def report(page: Page) -> None:
    """Fill in a form and send it."""
    fill_in_the_first_page(page, "/alvdalen")
    send(page)
    page.wait_for_url("**/kontrollera*")
    send(page)
    page.wait_for_load_state()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_is_held_back_is_well_made_keeps_all_and_is_taken_after_the_wait(visit: Visit, intake, language):
    report(visit(intake.origin, language=language, scripts=False))
    page = visit(intake.origin, language=language)
    report(page)

    assert page.locator(".banner").inner_text().count("20")
    assert_well_made(page, language=language)
    assert DESCRIPTION in page.locator(".summary-list").first.inner_text()

    intake.clock.move(seconds=20)
    send(page)
    page.wait_for_url("**/kvitto/*")
    assert page.locator(".reference").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_tried_too_many_references_gets_a_page_that_is_well_made(visit: Visit, intake, language):
    page = visit(intake.origin, language=language)
    for _ in range(2):
        page.goto("/alvdalen/arenden")
        page.locator("#reference").fill("7K3M-9QXT-2WVC-D4TA")
        page.locator("main button").click()
        page.wait_for_load_state()

    assert_well_made(page, language=language)
    assert page.locator("#reference").input_value() == "7K3M-9QXT-2WVC-D4TA"
    page.goto("/alvdalen/arenden/7K3M-9QXT-2WVC-D4TA")
    assert_well_made(page, language=language)
