"""The whole way, in a browser without JavaScript: a citizen reports, an officer decides, the citizen is told."""

from collections.abc import Callable
from time import monotonic, sleep

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_accessible
from tests.browser.conftest import Visit
from tests.browser.forms import DESCRIPTION, PICTURE, report_a_fault

pytestmark = pytest.mark.chromium

PATIENCE_SECONDS = 15


@pytest.mark.parametrize("scripts", [False, True], ids=["without_scripts", "with_scripts"])
def test_a_reported_fault_is_decided_and_its_reporter_sees_it(visit: Visit, installation: str, scripts: bool):
    citizen, officer = visit(installation, scripts=scripts), visit(installation, scripts=scripts)
    report_a_fault(citizen, "/alvdalen")
    citizen.get_by_role("link", name="Följ ditt ärende").click()
    until(citizen, lambda: citizen.get_by_text("Ärendenummer").count() > 0)
    number = citizen.locator("dt:text-is('Ärendenummer') + dd").inner_text()

    officer.goto("/desk/")
    officer.get_by_role("button", name="Anna Andersson").click()
    officer.get_by_role("link", name="Gatubelysning").click()
    officer.get_by_label("Ärendenummer").fill(number)
    officer.get_by_role("button", name="Visa", exact=True).click()
    officer.get_by_role("link", name=number, exact=True).click()
    expect(officer.get_by_text(DESCRIPTION.splitlines()[0])).to_be_visible()
    expect(officer.get_by_text("Ärendet lades i kön Gatubelysning eftersom")).to_be_visible()
    officer.get_by_role("link", name="lampan.png").click()
    assert officer.locator("img.viewed").evaluate("one => one.decode().then(() => one.naturalWidth)")
    picture = officer.request.get(officer.get_by_role("link", name="Spara filen").get_attribute("href") or "")
    assert picture.body() == PICTURE
    officer.get_by_role("link", name=f"Tillbaka till {number}").click()
    officer.get_by_role("button", name="Ta ärendet").click()
    officer.locator("#decide summary").click()
    officer.get_by_label("Åtgärdat", exact=True).check()
    officer.locator("#decide-reasons").fill("Lampan är bytt.")
    bad = {"name": "bild.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
    good = {"name": "efter.png", "mimeType": "image/png", "buffer": PICTURE}
    officer.locator("#decide-documents").set_input_files([bad, good])
    officer.get_by_role("button", name="Granska svaret").click()
    expect(officer.locator("#decide-documents-error")).to_contain_text("”bild.exe” är inte en fil av rätt sort")
    expect(officer.get_by_label("efter.png")).to_be_checked()
    if scripts:  # axe is one
        assert_accessible(officer)
    officer.get_by_role("button", name="Granska svaret").click()
    expect(officer.get_by_role("listitem").filter(has_text="efter.png")).to_be_visible()
    officer.get_by_role("button", name="Skicka svaret", exact=True).click()

    until(citizen, lambda: "Lampan är bytt." in citizen.locator("main").inner_text())
    expect(citizen.locator("#decision")).to_have_text("Svar i ditt ärende: Åtgärdat")
    sent = citizen.get_by_role("article").get_by_role("link", name="efter.png")
    assert citizen.request.get(sent.get_attribute("href") or "").body() == PICTURE
    expect(officer.locator("ol.timeline").get_by_role("link", name="efter.png")).to_be_visible()
    mailbox = visit(installation, scripts=scripts)
    mailbox.goto("/mailbox/")
    until(mailbox, lambda: mailbox.get_by_role("link", name=f"Svar i ditt ärende {number}").count() > 0)
    mailbox.get_by_role("link", name=f"Svar i ditt ärende {number}").click()
    expect(mailbox.locator("main")).to_contain_text("kim.karlsson@example.org")
    expect(mailbox.locator("main")).to_contain_text("Lampan är bytt.")
    expect(mailbox.locator("main")).to_contain_text("En fil hör till svaret. Du öppnar den på din ärendesida.")


def until(page: Page, seen: Callable[[], bool]) -> None:
    """Load the page again until it shows it."""
    give_up_at = monotonic() + PATIENCE_SECONDS
    while not seen():
        assert monotonic() < give_up_at, f"{page.url} never showed it"
        sleep(0.2)
        page.reload()
