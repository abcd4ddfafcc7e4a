"""The map of a place: by mouse, by keyboard, without scripts; where it lies outside, the page asks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import NARROW, assert_accessible, assert_fits, assert_keyboard_order
from tests.browser.conftest import Visit
from tests.browser.forms import DESCRIPTION, send
from tests.browser.origin import serving
from tests.builders import HandClock
from tests.store.intake.harness import Intake
from tests.system.people import eventually

pytestmark = pytest.mark.chromium

FORM = "/alvdalen/e-tjanster/felanmalan"
CLOSE = 0.02  # degrees: some pixels of the map
NAME_ON_MAP = "document.querySelector('.map text')"


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An intake with the demo municipalities, which have borders."""
    folder = tmp_path_factory.mktemp("intake")

    def app_for(origin: str):
        return Intake.opened(folder, f"sqlite:///{folder}/store.sqlite", HandClock(), public_url=origin).app

    with serving(app_for) as address:
        yield address


@pytest.fixture
def at_the_form(visit: Visit, origin: str) -> Page:
    """Somebody at a form that asks for a place."""
    page = visit(origin)
    page.goto(FORM)
    return page


def position(page: Page) -> tuple[float, float]:
    """What the inputs of the position have."""
    latitude, longitude = (page.locator(f"[name='place.{part}']").input_value() for part in ("latitude", "longitude"))
    return float(latitude), float(longitude)


def press_at(page: Page, name: str) -> None:
    """Click on the place that the map names."""
    dot = page.locator(".map circle").nth(page.locator(".map text").all_text_contents().index(name))
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def write_the_rest(page: Page) -> None:
    """Fill in what else the page asks for."""
    page.locator("[name=category][value=street_light]").check()
    page.locator("[name=description]").fill(DESCRIPTION)


def test_a_click_on_the_map_is_enough_for_a_place(at_the_form: Page):
    page = at_the_form
    write_the_rest(page)
    press_at(page, "Särna")

    assert position(page) == (pytest.approx(61.693, abs=CLOSE), pytest.approx(13.147, abs=CLOSE))
    expect(page.locator(".map [role=status]")).to_contain_text("Ungefär 1 km från Särna.")
    expect(page.locator(".map-pin")).to_be_visible()
    send(page)
    page.wait_for_url("**/sida/answer")

    page.go_back()
    expect(page.locator(".map [role=status]")).to_contain_text("Särna")
    expect(page.locator(".map-pin")).to_be_visible()


def test_by_keyboard_the_pin_moves_zooms_and_goes(at_the_form: Page):
    page = at_the_form
    page.locator(".map svg").focus()
    page.keyboard.press("ArrowUp")
    first = position(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    north_east = position(page)
    assert north_east[0] > first[0]
    assert north_east[1] > first[1]

    for _ in range(3):
        page.keyboard.press("+")
    page.keyboard.press("ArrowDown")
    step_when_zoomed = north_east[0] - position(page)[0]
    assert step_when_zoomed == pytest.approx((north_east[0] - first[0]) / 8, rel=0.05)

    expect(page.locator(".map [role=status]")).to_contain_text("Nålen står på")
    page.keyboard.press("Delete")
    expect(page.locator(".map [role=status]")).to_have_text("Nålen är borttagen.")
    assert page.locator("[name='place.latitude']").input_value() == ""
    expect(page.locator(".map-pin")).to_be_hidden()


def test_zoomed_in_the_map_is_dragged_and_a_click_is_where_it_looks_to_be(at_the_form: Page):
    page = at_the_form
    press_at(page, "Idre")
    page.get_by_role("button", name="Zooma in").click(click_count=2)
    before = position(page)
    box = page.locator(".map svg").bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 80, middle[1] - 40, steps=4)
    page.mouse.up()
    assert position(page) == before

    page.mouse.click(*middle)
    assert position(page)[0] < before[0]
    assert position(page)[1] > before[1]
    press_at(page, "Idre")
    assert position(page) == (pytest.approx(before[0], abs=CLOSE / 4), pytest.approx(before[1], abs=CLOSE / 4))


def test_what_is_written_as_coordinates_moves_the_pin(at_the_form: Page):
    page = at_the_form
    page.locator("details summary", has_text="koordinaterna").click()
    page.locator("[name='place.latitude']").fill("61,858")
    page.locator("[name='place.longitude']").fill("12.720")
    page.locator("[name='place.longitude']").blur()
    expect(page.locator(".map [role=status]")).to_contain_text("Idre")

    page.get_by_role("button", name="Ta bort nålen").click()
    assert page.locator("[name='place.longitude']").input_value() == ""
    expect(page.locator(".map svg")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_place_outside_is_asked_about_and_goes_on_once_confirmed(visit: Visit, origin: str, scripts: bool):
    page = visit(origin, scripts=scripts)
    page.goto(FORM)
    write_the_rest(page)
    page.locator("details summary", has_text="koordinaterna").click()
    page.locator("[name='place.latitude']").fill("64.191")
    page.locator("[name='place.longitude']").fill("20.849")
    send(page)

    top = page.locator(".banner[role=status]")
    expect(top).to_be_focused()
    expect(top.get_by_role("link", name="Den ligger troligen i Robertsfors kommun.")).to_have_attribute(
        "href", "#place-outside"
    )
    notice = page.locator(".banner:not([role])", has_text="Den ligger troligen i Robertsfors kommun.")
    expect(notice.get_by_role("link", name="E-tjänster hos Robertsfors kommun")).to_be_visible()
    if scripts:
        assert_fits(page)
        assert_accessible(page)
        assert_keyboard_order(page)
    page.get_by_role("checkbox", name="Platsen stämmer").check()
    send(page)
    page.wait_for_url("**/sida/answer")


def test_a_pin_outside_the_border_is_spoken_of_at_once(at_the_form: Page):
    page = at_the_form
    box = page.locator(".map svg").bounding_box()
    assert box
    page.locator(".map svg").click(position={"x": box["width"] - 10, "y": 10})

    expect(page.locator(".map [role=status]")).to_contain_text("Det verkar vara utanför Älvdalens kommun.")


def test_without_scripts_the_map_is_a_picture_with_the_pin_where_the_coordinates_are(visit: Visit, origin: str):
    page = visit(origin, scripts=False)
    page.goto(FORM)
    expect(page.get_by_role("img", name="Karta över Älvdalens kommun")).to_be_visible()
    expect(page.get_by_role("button", name="Zooma in")).to_be_hidden()
    expect(page.locator(".map-pin")).to_be_hidden()
    write_the_rest(page)
    page.locator("details summary", has_text="koordinaterna").click()
    page.locator("[name='place.latitude']").fill("61.693")
    page.locator("[name='place.longitude']").fill("13.147")
    send(page)
    page.wait_for_url("**/sida/answer")
    page.get_by_role("button", name="Tillbaka").click()
    page.wait_for_url("**/sida/fault")

    expect(page.locator(".map-pin")).to_be_visible()


@pytest.mark.parametrize("options", [{}, {"forced_colors": "active"}])
def test_with_a_pin_the_map_is_accessible_and_fits_a_narrow_screen(visit: Visit, origin: str, options):
    page = visit(origin, language="en", **options)
    page.goto(FORM)
    press_at(page, "Idre")
    page.get_by_role("button", name="Zoom in").click()

    assert_fits(page)
    assert_accessible(page)
    assert_keyboard_order(page)
    page.set_viewport_size(NARROW)
    name = page.locator(".map text").first
    eventually(lambda: name.evaluate("text => text.getBoundingClientRect().height > 12"))  # once it is redrawn
