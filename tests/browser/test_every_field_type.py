"""A form with a question of every type, in a browser: well made, and what is written is counted where it is limited."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import LANGUAGES, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import fill_in_the_first_page, send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.forms.definitions import write_every_type
from tests.store.intake.harness import Intake

pytestmark = pytest.mark.chromium


@pytest.fixture
def origin(tmp_path) -> Iterator[str]:
    """An intake whose only form asks what the documentation of the field types asks."""
    eservices = write_every_type(tmp_path)

    def app_for(origin: str):
        url = f"sqlite:///{tmp_path}/store.sqlite"
        return Intake.opened(tmp_path, url, HandClock(), public_url=origin, eservices=eservices).app

    with serving(app_for) as address:
        yield address


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_is_well_made_with_and_without_errors(visit: Visit, origin, language):
    page: Page = visit(origin, language=language)
    fill_in_the_first_page(page, "/alvdalen")
    assert_well_made(page, language=language)

    page.locator("[name=rent]").fill("1.234")
    page.locator("[name=begins_at]").fill("25:00")
    page.locator("[name='owner_address.country']").select_option("NO")
    send(page)

    expect(page.locator(".error-summary a[href='#rent']")).to_be_visible()
    assert page.locator("[name='owner_address.country']").input_value() == "NO"
    assert_well_made(page, language=language)


def test_what_is_written_is_counted_as_the_server_counts(visit: Visit, origin):
    page = visit(origin)
    fill_in_the_first_page(page, "/alvdalen")
    counter = page.locator("[data-counts=reasons]")
    expect(counter).to_be_hidden()

    page.locator("[name=reasons]").fill("  Ett två\n\n 👩 ")

    expect(counter.locator("[aria-hidden]")).to_have_text("3 av 300 ord")
    expect(counter.locator(".visually-hidden")).to_have_text("3 av 300 ord")
    page.locator("[name=reasons]").fill("")
    expect(counter).to_be_hidden()


def test_without_scripts_the_limit_stands_in_the_hint(visit: Visit, origin):
    page = visit(origin, scripts=False)
    fill_in_the_first_page(page, "/alvdalen")

    assert page.locator("#reasons-hint").inner_text() == "Högst 300 ord."
    assert page.locator("[name=reasons]").get_attribute("aria-describedby").strip() == "reasons-hint"
    expect(page.locator("[data-counts=reasons]")).to_be_hidden()
