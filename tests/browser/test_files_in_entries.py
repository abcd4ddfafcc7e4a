"""A citizen whose children each have a certificate: the file stays with its child, with and without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.checks import NARROW, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.drafts.test_files_in_entries import with_certificates
from tests.store.intake.harness import Intake
from tests.system.submissions import PDF
from tests.unit.intake.forms.support_form import question, text

pytestmark = pytest.mark.chromium


@pytest.fixture
def origin(tmp_path) -> Iterator[str]:
    """Where an intake answers that offers it."""
    definition = with_certificates(required=True)
    is_there = {"fact": "children", "operator": "empty", "value": False}
    number = question("number", "computed", formula={"count": "children"}, show_if=is_there)
    definition["pages"][2]["sections"].append({"heading": text("Together"), "fields": [number]})
    folder = write_support(tmp_path, definition)

    def app_for(origin: str):
        database = f"sqlite:///{tmp_path}/store.sqlite"
        return Intake.opened(tmp_path, database, HandClock(), public_url=origin, eservices=folder).app

    with serving(app_for) as origin:
        yield origin


def add_child(page: Page, number: int, name: str) -> None:
    """Add an entry, with a name and a certificate that is called so."""
    with page.expect_navigation():
        page.locator("button[name=add]").click()
    assert page.locator(":focus").get_attribute("name") == f"children.{number}.child"
    page.locator(f"[name='children.{number}.child']").fill(name)
    file: FilePayload = {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.locator(f"[name='children.{number}.certificate']").set_input_files(file)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_each_file_stays_with_its_entry(visit: Visit, origin: str, scripts: bool):
    page = visit(origin, scripts=scripts, viewport=NARROW)
    page.goto(SUPPORT)
    page.locator("[name=lives_here]").check()
    page.locator("[name=household][value=single]").check()
    page.locator("[name=area]").select_option("north")
    send(page)
    page.wait_for_url("**/sida/children*")
    together = page.get_by_role("heading", name="Together")
    expect(together).to_be_hidden()
    add_child(page, 0, "Kim")
    expect(together).to_be_visible()
    expect(page.locator("#number")).to_have_text("1")
    add_child(page, 1, "Robin")
    expect(page.locator("#number")).to_have_text("2")

    with page.expect_navigation():
        page.locator("button[name=drop][value='children.0']").click()

    expect(page.locator("[role=status]:focus")).to_have_text("”Barn Kim” är borttagen.")
    expect(page.locator(".entry legend")).to_have_text(["Barn Robin"])
    expect(page.locator(".entry .files li")).to_have_count(1)
    expect(page.locator(".entry .files li")).to_contain_text("Robin.pdf")
    if scripts:
        assert_well_made(page, language="sv")

    with page.expect_navigation():
        page.locator(".entry .files button").click()
    assert page.locator(":focus").get_attribute("name") == "children.0.certificate"
    send(page)
    expect(page.locator(".error-summary a[href='#children-0-certificate']")).to_be_visible()

    page.locator("[name='children.0.certificate']").set_input_files(
        {"name": "nytt.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    send(page)
    page.wait_for_url("**/sida/money*")
    send(page)
    page.wait_for_url("**/kontrollera")
    expect(page.locator("dt", has_text="Barn Robin: certificate").locator("+ dd")).to_contain_text("nytt.pdf")
