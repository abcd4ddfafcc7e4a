"""A form with everything that a form can say, in a real browser: with and without its script, by keyboard."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.intake.drafts.models import Draft
from services.intake.submissions.models import Submission
from tests.browser.checks import assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import check_and_send, send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.harness import Intake

pytestmark = pytest.mark.chromium


class Served:
    """An intake that answers at an address, and can be started anew on its store."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.intake, self.origin = folder, None, ""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Where the form is."""
    served = Served(tmp_path)

    def app_for(origin: str):
        store = f"sqlite:///{tmp_path}/store.sqlite"
        eservices = write_support(tmp_path)
        served.intake = Intake.opened(tmp_path, store, HandClock(), public_url=origin, eservices=eservices)
        return served.intake.app

    with serving(app_for) as served.origin:
        yield served


def answer_who(page: Page, household: str = "single") -> None:
    page.goto(SUPPORT)
    page.locator("[name=lives_here]").check()
    page.locator(f"[name=household][value={household}]").check()
    page.locator("[name=area]").select_option("north")


def test_what_a_choice_asks_for_appears_is_announced_and_comes_back(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    page.goto(SUPPORT)
    expect(page.locator("[name=partner]")).to_be_hidden()

    page.locator("[name=household][value=couple]").check()
    expect(page.locator("[name=partner]")).to_be_visible()
    expect(page.locator("[data-announce]")).to_have_text(re.compile("finns mer att fylla i"))
    page.locator("[name=partner]").fill("Kim")
    assert_well_made(page, language="sv")

    page.locator("[name=household][value=single]").check()
    expect(page.locator("[name=partner]")).to_be_hidden()
    page.locator("[name=household][value=couple]").check()
    expect(page.locator("[name=partner]")).to_have_value("Kim")


def test_options_follow_an_earlier_answer(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    answer_who(page)

    shown = page.locator("[name=school] option:not([hidden])")
    expect(shown).to_have_text(["Välj", "Hill"])
    expect(page.locator("[name='helpers.hill']")).to_be_visible()
    expect(page.locator("[name='helpers.lake']")).to_be_hidden()
    page.locator("[name=area]").select_option("south")
    expect(shown).to_have_text(["Välj", "Lake"])
    expect(page.locator("[name='helpers.lake']")).to_be_visible()
    expect(page.locator("[name='helpers.hill']")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no_script"])
def test_it_is_filled_in_from_first_to_last_checked_changed_and_sent(
    visit: Visit, served: Served, scripts: bool
) -> None:
    page = visit(served.origin, scripts=scripts)
    answer_who(page)
    send(page)
    page.wait_for_url("**/sida/children")
    page.locator("[name=add]").click()
    page.locator("[name='children.0.child']").fill("Kim")
    page.locator("[name='children.0.goes_to_school']").check()
    if not scripts:
        send(page)
    page.locator("[name='children.0.cost']").fill("90,50")
    send(page)
    page.wait_for_url("**/sida/money")
    page.locator("[name=rent]").fill("900")
    if scripts:
        expect(page.locator("#all_costs")).to_have_text("990,5")
        expect(page.locator("#fee")).to_have_text("10")
        assert_well_made(page, language="sv")
    send(page)
    page.wait_for_url("**/kontrollera*")
    page.locator("a.change[href$='#rent']").click()
    page.locator("[name=rent]").fill("1001")
    check_and_send(page)

    [submission] = served.intake.rows(Submission)
    answers = {each["field"]: each["answer"] for each in submission.answers}
    assert answers["children.1.child"] == "Kim"
    assert (answers["all_costs"], answers["fee"]) == (1091.5, 20.5)


def test_who_is_turned_away_reads_why_and_can_go_back(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    answer_who(page)
    page.locator("[name=lives_here]").uncheck()
    send(page)
    page.wait_for_url("**/sida/elsewhere")
    assert_well_made(page, language="sv")

    page.locator("a.back-link").click()
    expect(page.locator("[name=area]")).to_have_value("north")
    assert served.intake.rows(Submission) == []


def test_a_language_switch_a_reload_and_back_lose_nothing(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    answer_who(page)
    send(page)
    page.wait_for_url("**/sida/children")
    page.locator("[name=add]").click()
    page.locator("[name='children.0.child']").fill("Kim")

    page.get_by_role("button", name="English").click()
    page.wait_for_url("**lang=en")
    expect(page.locator("[name='children.0.child']")).to_have_value("Kim")
    page.reload()
    expect(page.locator("[name='children.0.child']")).to_have_value("Kim")
    page.get_by_role("button", name="Back").click()
    page.wait_for_url("**/sida/who")
    expect(page.locator("[name=area]")).to_have_value("north")


def test_lost_cookies_and_a_server_started_anew_cost_nothing(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    answer_who(page)
    page.context.clear_cookies()
    send(page)
    page.wait_for_url("**/sida/children")
    page.context.clear_cookies()
    send(page)
    page.wait_for_url("**/sida/money")

    assert len(served.intake.rows(Draft)) == 1


def test_a_form_that_was_open_overnight_goes_on(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    answer_who(page)
    send(page)
    page.wait_for_url("**/sida/children")
    page.locator("[name=add]").click()
    page.locator("[name='children.0.child']").fill("Kim")
    served.intake.clock.move(hours=16)
    send(page)
    page.wait_for_url("**/sida/money")
    check_and_send(page)

    assert len(served.intake.rows(Submission)) == 1


def test_two_tabs_that_both_send_are_one_submission(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    answer_who(page)
    for following in ("children", "money"):
        send(page)
        page.wait_for_url(f"**/sida/{following}")
    send(page)
    page.wait_for_url("**/kontrollera*")
    other = page.context.new_page()
    other.goto(page.url)
    send(page)
    page.wait_for_url("**/kvitto/*")
    send(other)
    other.wait_for_url("**/kvitto/*")

    assert page.url == other.url
    assert len(served.intake.rows(Submission)) == 1


def test_entries_and_errors_are_well_made_and_keyboard_is_enough(visit: Visit, served: Served) -> None:
    page = visit(served.origin, language="en")
    answer_who(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sida/children")
    page.locator("[name=add]").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    assert_well_made(page, language="en")
    page.locator(".error-summary a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name='children.0.child']")).to_be_focused()


def test_another_device_that_saved_the_page_is_shown(visit: Visit, served: Served) -> None:
    page = visit(served.origin)
    answer_who(page)
    send(page)
    page.wait_for_url("**/sida/children")
    other = page.context.new_page()
    other.goto(page.url.replace("/children", "/who"))
    page.goto(page.url.replace("/children", "/who"))
    page.locator("[name=household][value=couple]").check()
    page.locator("[name=partner]").fill("Kim")
    send(page)
    page.wait_for_url("**/sida/children")
    send(other)

    expect(other.locator(".banner-warning[role=alert]")).to_contain_text("Kim")
    assert_well_made(other, language="sv")


@pytest.fixture(params=[True, False], ids=["script", "no_script"])
def either_way(request: pytest.FixtureRequest, visit: Visit, served: Served) -> Page:
    """Somebody who has filled in the first page, with and without scripts."""
    page = visit(served.origin, scripts=request.param)
    answer_who(page)
    send(page)
    page.wait_for_url("**/sida/children")
    return page


def test_an_entry_that_is_added_has_the_focus_and_one_that_is_removed_is_named(either_way: Page) -> None:
    page = either_way
    page.locator("[name=add]").click()
    expect(page.locator("[name='children.0.child']")).to_be_focused()
    page.locator("[name='children.0.child']").fill("Kim")
    page.locator("[name=add]").click()
    expect(page.locator("[name='children.1.child']")).to_be_focused()

    page.locator("[name=drop]").first.click()

    expect(page.locator("[role=status]:focus")).to_have_text("”Barn Kim” är borttagen.")
    page.keyboard.press("Tab")
    expect(page.locator("[name=add]")).to_be_focused()


def test_the_focus_is_at_what_is_to_be_changed_and_after_an_error_in_the_summary(either_way: Page) -> None:
    page = either_way
    page.goto(page.url.replace("sida/children", "kontrollera"))
    page.locator("a.change[href$='#area']").click()
    page.wait_for_url("**/sida/who?from=check#area")
    expect(page.locator("[name=area]")).to_be_focused()

    page.locator("[name=area]").select_option("")
    send(page)

    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").click()
    expect(page.locator("[name=area]")).to_be_focused()
    page.locator("[name=area]").select_option("south")
    send(page)
    page.wait_for_url("**/kontrollera")
