"""A citizen who attaches files: what each file meets is shown at its question, with and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.checks import assert_accessible, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.pictures import exif_segment, jpeg, tiff
from tests.store.intake.harness import Intake

pytestmark = pytest.mark.chromium


@pytest.fixture
def origin(tmp_path) -> Iterator[str]:
    """Where an intake answers."""

    def app_for(origin: str):
        return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", HandClock(), public_url=origin).app

    with serving(app_for) as origin:
        yield origin


@pytest.fixture
def pictures(tmp_path) -> list[Path]:
    """A picture with the place where it was taken, and one that is too large."""
    fits, too_large = tmp_path / "bron.jpg", tmp_path / "stor.jpg"
    fits.write_bytes(jpeg(exif_segment(tiff())))
    too_large.write_bytes(jpeg() + bytes(15_000_000))
    return [fits, too_large]


def attach(page: Page, pictures: list[Path]) -> None:
    """Choose pictures in the form of a fault report, and send it without an answer."""
    page.goto("/alvdalen/e-tjanster/felanmalan")
    page.locator("[name=photo]").set_input_files(pictures)
    send(page)
    page.locator(".error-summary").wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_removing_a_file_is_confirmed_and_leads_to_its_question(
    visit: Visit, origin: str, pictures: list[Path], scripts: bool
):
    page = visit(origin, scripts=scripts)
    attach(page, pictures)

    page.locator(".files button").click()

    page.locator("#photo-removed[role=status]").wait_for()
    assert page.locator("#photo-removed[role=status]").inner_text() == "”bron.jpg” är borttagen."
    assert page.locator(":focus").get_attribute("id") == "photo"
    assert page.locator(".files").count() == 0


@pytest.mark.parametrize(
    ("language", "too_large", "place"),
    [
        (
            "sv",
            "”stor.jpg” är för stor. Den får vara högst 15 MB.",
            "Uppgiften om var bilden är tagen är borttagen.",
        ),
        (
            "en",
            "“stor.jpg” is too large. It may be at most 15 MB.",
            "The place where it was taken has been removed from it.",
        ),
    ],
    ids=["sv", "en"],
)
def test_what_each_file_meets_is_shown_and_well_made(
    visit: Visit, origin: str, pictures: list[Path], language: str, too_large: str, place: str
):
    page = visit(origin, language=language)

    attach(page, pictures)

    assert page.locator(".error-summary a[href='#photo']").inner_text() == too_large
    assert page.locator(".files li").count() == 1
    assert place in page.locator(".files li").inner_text()
    assert_well_made(page, language=language)

    page.locator(".files button").click()
    page.locator("#photo-removed[role=status]").wait_for()

    assert_accessible(page)
