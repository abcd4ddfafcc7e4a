"""The checks of pages find what they look for."""

import pytest
from playwright.sync_api import Page

from tests.browser.checks import assert_accessible, assert_fits, assert_keyboard_order
from tests.browser.conftest import Visit

pytestmark = pytest.mark.chromium

PAGE = """<!doctype html><html lang="sv"><title>Prov</title>
<style>main { color: #000; background: #fff } a { color: #000080 }</style>
<main><h1>Prov</h1>%s</main>"""


@pytest.fixture
def page(visit: Visit) -> Page:
    """An empty page."""
    return visit("http://127.0.0.1")


@pytest.mark.parametrize("visit_number", [1, 2])
def test_who_visits_is_somebody_new_though_the_browser_goes_on(visit: Visit, desk: str, visit_number: int):
    """Twice: what the first stores is not there for the second."""
    page = visit(desk)
    page.goto("/desk/")
    found = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert page.evaluate(found) == [0, 0, ""]

    page.evaluate("localStorage.a = sessionStorage.a = document.cookie = 'a=1'")

    assert page.evaluate(found) == [1, 1, "a=1"]


def test_a_sound_page_passes(page: Page):
    page.set_content(PAGE % '<a href="#a">Ett</a> <input type="date" aria-label="Dag"> <a href="#b">Två</a>')

    assert_accessible(page)
    assert_fits(page)
    assert_keyboard_order(page)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("<input>", "label"),
        ('<p style="color: #888; background: #fff">Blekt</p>', "color-contrast"),
        ('<p style="color: #757575; background: #fff">Lite blekt</p>', "color-contrast-enhanced"),
        ("<style>@media (prefers-color-scheme: dark) { p { color: #999 } }</style><p>Mörkt</p>", "dark"),
        ('<a href="#a" style="display: inline-block; width: 9px">A</a><a href="#b">B</a>', "target-size"),
    ],
)
def test_what_shuts_people_out_is_found(page: Page, flaw: str, found: str):
    page.set_content(PAGE % flaw)

    with pytest.raises(AssertionError, match=found):
        assert_accessible(page)


def test_pale_text_is_found_among_such_as_has_passed(page: Page):
    page.set_content(PAGE % "<ul><li>Ett<li>Två</ul>")
    assert_accessible(page)

    for pale in ("color: #888", "background: #888", "opacity: .5", "font-size: 8px; color: #757575"):
        page.set_content(PAGE % f"<ul><li>Ett<li style='{pale}'>Två</ul>")
        with pytest.raises(AssertionError, match="color-contrast"):
            assert_accessible(page)


def test_a_page_that_has_to_be_scrolled_sideways_is_found(page: Page):
    page.set_content(PAGE % '<div style="width: 330px">Brett</div>')

    with pytest.raises(AssertionError, match="px wide"):
        assert_fits(page)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ('<a href="#a">Ett</a><a href="#b" tabindex="1">Två</a>', "jumps|does not show"),
        ('<a href="#a" style="outline: none">Ett</a>', "does not show"),
        ('<a href="#a">Ett</a><a href="#b" onfocus="this.blur()">Två</a>', "focus does not show|jumps|reaches"),
    ],
)
def test_what_the_keyboard_cannot_do_is_found(page: Page, flaw: str, found: str):
    page.set_content(PAGE % flaw)

    with pytest.raises(AssertionError, match=found):
        assert_keyboard_order(page)
