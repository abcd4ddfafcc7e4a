"""Every page that citizens meet, the mailbox and the sign-in, in both languages: accessible, narrow, by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.checks import LANGUAGES, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import fill_in_the_first_page, report_a_fault, send

pytestmark = pytest.mark.chromium

Show = Callable[[Page], object]


def municipalities_e_services(page: Page) -> None:
    page.goto("/alvdalen/")


def fault_report(page: Page) -> None:
    page.goto("/alvdalen/e-tjanster/felanmalan")


def building_permit(page: Page) -> None:
    page.goto("/alvdalen/e-tjanster/bygglov")


def proposal(page: Page) -> None:
    page.goto("/robertsfors/e-tjanster/medborgarforslag")


def nothing_filled_in(page: Page) -> None:
    page.goto("/alvdalen/e-tjanster/bygglov")
    send(page)


def last_page_of_a_form(page: Page) -> None:
    fill_in_the_first_page(page, "/alvdalen")
    page.locator("[name=wants_answer]").check()


def check(page: Page) -> None:
    fill_in_the_first_page(page, "/alvdalen")
    send(page)
    page.wait_for_url("**/kontrollera*")


def something_missing_at_the_check(page: Page) -> None:
    page.goto("/alvdalen/e-tjanster/bygglov")
    page.locator("[name=applicant_name]").fill("Nils Öberg")
    page.get_by_role("button", name=re.compile("senare|later")).click()
    page.wait_for_url("**/spara")
    page.goto(page.url.replace("/spara", "/kontrollera"))


def saved_for_later(page: Page) -> None:
    fill_in_the_first_page(page, "/alvdalen")
    page.get_by_role("button", name=re.compile("senare|later")).click()
    page.wait_for_url("**/spara")


def code_required(page: Page) -> None:
    saved_for_later(page)
    page.context.clear_cookies(name="draft")
    page.goto(page.url.removesuffix("/spara"))
    page.locator("#code").fill("7K3M")
    page.locator("main button").click()
    page.wait_for_load_state()


def receipt(page: Page) -> None:
    report_a_fault(page, "/alvdalen")


def status(page: Page) -> None:
    report_a_fault(page, "/alvdalen")
    page.locator(".button-row a").click()
    page.wait_for_url("**/arenden/*")  # a click returns before the page has changed
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def empty_supplement(page: Page) -> None:
    report_a_fault(page, "/alvdalen")
    page.locator(".button-row a").click()
    page.locator("#supplement-form button.button").click()


def look_up(page: Page) -> None:
    page.goto("/alvdalen/arenden")


def invalid_reference(page: Page) -> None:
    page.goto("/alvdalen/arenden")
    page.locator("#reference").fill("7K3M-9QXT-2WVC-D4TB")
    page.locator("main button").click()


def unknown_page(page: Page) -> None:
    page.goto("/alvdalen/finns-inte")


def mailbox(page: Page) -> None:
    page.goto("/mailbox/")


def mail(page: Page) -> None:
    page.goto("/mailbox/")
    page.locator("main a").first.click()


PAGES: list[Show] = [
    municipalities_e_services,
    fault_report,
    building_permit,
    proposal,
    nothing_filled_in,
    last_page_of_a_form,
    check,
    something_missing_at_the_check,
    saved_for_later,
    code_required,
    receipt,
    status,
    empty_supplement,
    look_up,
    invalid_reference,
    unknown_page,
    mailbox,
    mail,
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("show", PAGES, ids=lambda show: show.__name__)
def test_a_page_that_citizens_meet_is_well_made(show: Show, language: str, visit: Visit, installation: str):
    page = visit(installation, language=language)

    show(page)

    assert_well_made(page, language=language)


@pytest.mark.parametrize("path", ["/", "/desk/"], ids=["front", "sign_in"])
def test_a_page_in_both_languages_at_once_is_well_made(path: str, visit: Visit, installation: str):
    page = visit(installation)

    page.goto(path)

    assert_well_made(page, language="sv")
