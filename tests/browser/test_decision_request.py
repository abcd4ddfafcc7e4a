"""A submitter who has waited for six months requests a decision on the status page, without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.checks import NARROW, assert_accessible, assert_fits
from tests.browser.conftest import Visit
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.decision_requests.test_request_decision import DAYS_UNTIL_THE_RIGHT, application
from tests.store.intake.harness import Intake

pytestmark = pytest.mark.chromium


@pytest.fixture
def status_page(tmp_path: Path) -> Iterator[str]:
    """The address of the status page of a case that has taken six months."""
    references = []

    def app_for(origin: str):
        intake = Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", HandClock(), public_url=origin)
        references.append(application(intake).reference)
        intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)
        return intake.app

    with serving(app_for) as origin:
        yield f"{origin}/alvdalen/arenden/{references[0]}"


def test_a_decision_is_requested_by_keyboard_without_scripts(visit: Visit, status_page: str) -> None:
    scripted = visit(status_page, language="en")
    scripted.goto(status_page)
    assert_accessible(scripted)
    assert_fits(scripted)
    expect(scripted.get_by_role("button", name="Request a decision")).to_be_visible()
    page = visit(status_page, scripts=False, viewport=NARROW)
    page.goto(status_page)
    expect(page.get_by_role("heading", name="Begär att vi avgör ditt ärende")).to_be_visible()

    page.get_by_role("link", name="Du kan begära att vi avgör det.").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{status_page}#decision-request")
    page.get_by_role("button", name="Begär avgörande").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Din begäran är på väg till dem som handlägger ärendet.")).to_be_visible()
    expect(page.get_by_role("button", name="Begär avgörande")).to_have_count(0)
