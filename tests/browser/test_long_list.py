"""A long list is a box to search in; without a script, or on the way to the server, it is the list that it was."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import LANGUAGES, assert_accessible, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.forms import send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.harness import Intake
from tests.unit.intake.forms.support_form import DEFINITION, is_, question, text

pytestmark = pytest.mark.chromium

PLACES = ["Åsen", "Asby", "Älvros", "Evertsberg", "Östra Åsen", "Idre", *(f"Gård {number}" for number in range(1, 70))]
UNITS = [{"code": f"u{number}", "label": text(place)} for number, place in enumerate(PLACES)]
ASEN, ASBY, IDRE = "u0", "u1", "u5"
PAGE = {
    "code": "place",
    "title": text("Place"),
    "sections": [
        {
            "fields": [
                question("unit", "select", options=UNITS, required=True),
                question("why", show_if=is_("unit", ASEN)),
                question("other", "select", options=deepcopy(UNITS), require_if=is_("unit", ASBY)),
            ]
        }
    ],
}


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """Where a form with two long lists is."""

    def app_for(origin: str):
        eservices = write_support(tmp_path, DEFINITION | {"pages": [PAGE], "agreements": []})
        url = f"sqlite:///{tmp_path}/store.sqlite"
        return Intake.opened(tmp_path, url, HandClock(), public_url=origin, eservices=eservices).app

    with serving(app_for) as address:
        yield address


@pytest.fixture
def page(visit: Visit, origin: str) -> Page:
    """Somebody at the form, whose lists are boxes."""
    page = visit(origin)
    page.goto(SUPPORT)
    expect(page.locator("input[role=combobox]")).to_have_count(2)
    return page


def shown(page: Page) -> list[str]:
    return page.locator("#unit-options [role=option]").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("åsen", ["Åsen", "Östra Åsen"]),
        ("as", ["Åsen", "Asby", "Östra Åsen"]),
        ("alv", ["Älvros"]),
        ("älv", ["Älvros"]),
        ("ålv", []),
        ("åsen ös", ["Östra Åsen"]),
    ],
)
def test_characters_without_marks_find_those_with_them_and_not_the_other_way_round(
    page: Page, typed: str, found: list[str]
) -> None:
    page.locator("#unit").fill(typed)

    expect(page.locator("#unit-hits")).to_have_text(f"Träffar: {len(found)}")
    assert shown(page) == found


def test_the_keyboard_is_enough_and_a_condition_sees_the_choice(page: Page) -> None:
    expect(page.locator("[name=why]")).to_be_hidden()
    page.get_by_role("combobox", name="unit").focus()
    page.keyboard.type("as")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#unit")).to_have_attribute("aria-activedescendant", "unit-option-0")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#unit-option-2")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#unit-options")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#unit")).to_have_value("Åsen")
    expect(page.locator("[name=unit]")).to_have_value(ASEN)
    expect(page.locator("[name=why]")).to_be_visible()


def test_a_long_list_shows_its_beginning_and_how_many_there_are(page: Page) -> None:
    page.locator("#unit").click()

    expect(page.locator("#unit-hits")).to_have_text("Träffar: 75. De första 50 visas.")
    assert len(shown(page)) == 50
    assert_accessible(page)


def test_what_is_not_in_the_list_is_not_left_as_if_it_were_chosen(page: Page) -> None:
    page.locator("#unit").fill("Idr")
    page.keyboard.press("Tab")
    expect(page.locator("#unit")).to_have_value("Idre")  # nothing else begins so

    page.locator("#unit").fill("Storstaden")
    page.keyboard.press("Tab")

    expect(page.locator("#unit-hits")).to_have_text("”Storstaden” finns inte i listan.")
    expect(page.locator("#unit")).to_have_value("Idre")
    page.locator("#unit").fill("")
    page.keyboard.press("Tab")
    expect(page.locator("[name=unit]")).to_have_value("")


def test_what_a_choice_asks_for_is_no_longer_marked_as_optional(page: Page) -> None:
    mark = page.locator("label[for=other] .optional")
    expect(mark).to_be_visible()

    page.locator("#unit").fill("asby")
    page.keyboard.press("Tab")
    expect(mark).to_be_hidden()
    page.locator("#unit").fill("idre")
    page.keyboard.press("Tab")
    expect(mark).to_be_visible()


def test_a_finger_is_enough(visit: Visit, origin: str) -> None:
    page = visit(origin, has_touch=True)
    page.goto(SUPPORT)
    page.locator("#unit[role=combobox]").tap()
    page.locator("#unit-options [role=option]", has_text="Asby").tap()

    expect(page.locator("[name=unit]")).to_have_value(ASBY)
    expect(page.locator("#unit-options")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_well_made_with_an_error_that_leads_to_the_box(visit: Visit, origin: str, language: str) -> None:
    page = visit(origin, language=language)
    page.goto(SUPPORT)
    send(page)
    page.locator(".error-summary a[href='#unit']").click()

    expect(page.locator("#unit")).to_be_focused()
    expect(page.locator("#unit")).to_have_attribute("aria-invalid", "true")
    assert_well_made(page, language=language)


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no_script"])
def test_what_is_chosen_is_sent_and_shown_again(visit: Visit, origin: str, scripts: bool) -> None:
    page = visit(origin, scripts=scripts)
    page.goto(SUPPORT)
    if scripts:
        page.locator("#unit[role=combobox]").fill("idre")
        page.keyboard.press("Enter")
    else:
        page.locator("#unit").select_option(IDRE)
        send(page)
    page.wait_for_url("**/kontrollera")
    page.locator("a.change[href$='#unit']").click()

    expect(page.locator("[name=unit]")).to_have_value(IDRE)
    expect(page.locator("#unit")).to_have_value("Idre" if scripts else IDRE)
    expect(page.locator("#unit")).to_be_focused()
