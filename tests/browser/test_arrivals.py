"""An officer enters what came by letter: from the desk, through the e-service's own form, to the case."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.case_actions import reached
from tests.browser.checks import NARROW, assert_accessible
from tests.browser.conftest import Visit
from tests.browser.forms import PICTURE
from tests.browser.test_whole_way import until

pytestmark = pytest.mark.chromium


def test_what_came_by_letter_becomes_a_case_that_shows_it(visit: Visit, installation: str):
    officer = visit(installation, scripts=True)
    officer.goto("/desk/")
    officer.get_by_role("button", name="Anna Andersson").click()
    officer.locator("main").get_by_role("link", name="Registrera inkommet").click()
    assert_accessible(officer)
    officer.set_viewport_size(NARROW)
    assert_accessible(officer)
    officer.get_by_role("button", name="Registrera Gör en felanmälan").click()
    expect(officer.get_by_text("Du, Anna Andersson, fyller i det här åt någon annan.")).to_be_visible()
    assert_accessible(officer)
    officer.get_by_role("button", name="Fortsätt", exact=True).click()
    expect(officer.get_by_role("alert")).to_contain_text("Hur kom det in?")
    officer.get_by_label("Med brev").check()
    officer.get_by_label("Det som kom in, inskannat").set_input_files(
        {"name": "brev.png", "mimeType": "image/png", "buffer": PICTURE}
    )
    officer.get_by_role("button", name="Fortsätt", exact=True).click()
    to_the_check(officer)
    expect(officer.locator("main")).to_contain_text("Uppgift saknas")
    assert_accessible(officer)
    officer.get_by_role("button", name="Registrera", exact=True).click()
    expect(officer.get_by_text("inget kvitto skickas")).to_be_visible()
    assert_accessible(officer)
    officer.set_viewport_size({"width": 1280, "height": 800})

    find_the_case(officer)

    facts = officer.locator("aside")
    expect(facts).to_contain_text("med brev")
    expect(facts).to_contain_text("Registrerat av Anna Andersson")
    expect(officer.get_by_role("link", name="brev.png")).to_be_visible()
    expect(officer.locator("#entry-1")).to_contain_text("Kom med brev.")
    give_address(officer)
    expect(facts.get_by_role("link", name="kim@example.net")).to_be_visible()
    assert_accessible(officer)


def give_address(page: Page) -> None:
    """Enter the address of a submitter of whom nothing was known: there is none to leave as it is."""
    form = page.locator("#correct_address")
    reached(form.locator("summary")).click()
    expect(form.locator("#correct_address-email-hint")).to_have_count(0)
    form.get_by_label("E-postadress").fill("kim@example.net")
    form.get_by_label("Hur du vet att adressen är rätt").fill("Ringde.")
    form.get_by_role("button", name="Spara och skicka").click()
    expect(page.get_by_role("status")).to_contain_text("är noterad")


def to_the_check(page: Page) -> None:
    """Go through the form's pages as they are, whatever is missing."""
    while "/kontrollera" not in page.url:
        with page.expect_navigation():
            page.get_by_role("button", name="Fortsätt", exact=True).click()


def find_the_case(page: Page) -> None:
    """Look for the case at the desk until it is there, and open it."""
    page.get_by_role("button", name="Hitta ärendet").click()
    found = page.locator("main table").get_by_role("link")
    until(page, lambda: found.count() > 0)
    found.first.click()
