"""A form in the middle of which things go wrong: nothing that was typed or attached is lost, and one thing is sent."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from bench.installation import Installation
from services.intake.submissions.models import Submission
from tests.browser.conftest import Visit
from tests.browser.forms import DESCRIPTION, fill_in_the_first_page, send

pytestmark = pytest.mark.chromium

TOO_LARGE = b"\xff\xd8\xff\xe0" + bytes(16_000_000)


def test_a_server_killed_a_file_too_large_another_language_and_two_tabs_make_one_case(
    visit: Visit, embedded_default: Installation, installation: str, tmp_path: Path
) -> None:
    too_large = tmp_path / "stor.jpg"
    too_large.write_bytes(TOO_LARGE)
    process, before = embedded_default.processes["up"], submissions(embedded_default)
    page = visit(installation)
    fill_in_the_first_page(page, "/alvdalen")

    process.kill()
    process.start()
    process.wait_until_ready()
    page.get_by_role("button", name="Tillbaka").click()
    expect(page.locator("[name=description]")).to_have_value(DESCRIPTION)
    expect(page.locator(".files li")).to_contain_text("lampan.png")

    page.locator("[name=photo]").set_input_files(too_large)
    page.locator("[name='place.text']").fill("Dalgatan 32")
    send(page)
    expect(page.locator(".error-summary")).to_contain_text("stor.jpg")
    expect(page.locator("[name='place.text']")).to_have_value("Dalgatan 32")
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**lang=en")
    expect(page.locator(".files li")).to_contain_text("lampan.png")
    expect(page.locator("[name=description]")).to_have_value(DESCRIPTION)

    page.context.clear_cookies()
    send(page)
    page.wait_for_url("**/sida/answer")
    send(page)
    page.wait_for_url("**/kontrollera*")
    other = page.context.new_page()
    other.goto(page.url)
    for tab in (page, other):
        send(tab)
        tab.wait_for_url("**/kvitto/*")

    assert page.url == other.url
    expect(page.locator(".summary-list", has_text="lampan.png")).to_be_visible()
    assert submissions(embedded_default) == before + 1


def submissions(installation: Installation) -> int:
    """How many there are; some are of the demo."""
    with installation.stores["intake"].database.sessions() as session:
        return session.scalar(select(func.count()).select_from(Submission)) or 0
