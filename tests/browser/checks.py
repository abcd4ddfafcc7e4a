"""What holds for every page: accessible, at home on a narrow screen, all within reach of the keyboard."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

# Contrast is looked at apart.
_RULES = {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}
_SCHEMES: dict[Literal["light", "dark"], dict[str, object]] = {
    "light": {"rules": _RULES},
    "dark": {"runOnly": {"type": "rule", "values": ["link-in-text-block"]}},  # of the rest only this is of colours
}
_RUN_AXE = "async options => ({violations: (await axe.run(options)).violations})"
_RUN_CONTRAST = Path(__file__).with_name("contrast.js").read_text()
_passed_looks: set[str] = set()

LANGUAGES = ["sv", pytest.param("en", marks=pytest.mark.thorough)]
NARROW = {"width": 320, "height": 640}
PARTS_OF_A_DATE = 4  # year, month, day and the calendar: each a press of the Tab key
WIDE = {"width": 1280, "height": 900}

# How many stops the Tab key makes. Radios of one group are one.
_TAB_STOPS = """() => {
  const all = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')];
  const groups = new Set();
  const usable = one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0;
  return all.filter(usable).filter(one => {
    if (one.type !== 'radio') return true;
    const first = !groups.has(one.name);
    groups.add(one.name);
    return first;
  }).length;
}"""
# From the top on, where the focus comes to, and whether it shows there: it does not where it leaves the page.
_BEGIN_AT_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  const trail = window.focusTrail = [];
  document.addEventListener('focusout', ({target, relatedTarget}) => {
    if (!relatedTarget && target !== document.body) trail.push([0, false]);
  });
  document.addEventListener('focusin', ({target}) => trail.push([
    [...document.querySelectorAll('*')].indexOf(target), getComputedStyle(target).outlineStyle !== 'none',
  ]));
}"""


def assert_accessible(page: Page) -> None:
    """axe-core has nothing against it, by light and by dark: WCAG 2.2 AA, good practice, and AAA for contrast."""
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in _SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(_RUN_AXE, {"resultTypes": ["violations"], "preload": False, **rules})
        contrast = page.evaluate(_RUN_CONTRAST, list(_passed_looks))
        _passed_looks.update(contrast["passed"])
        violations = AxeResults({"violations": found["violations"] + contrast["violations"]})
        assert not violations.violations_count, f"{page.url}, {scheme}\n{violations.generate_report()}"


def assert_fits(page: Page) -> None:
    """Nothing has to be scrolled sideways on a screen of 320 px (WCAG 2.2, 1.4.10)."""
    page.wait_for_load_state()  # a click returns before the page has its style sheet
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(WIDE)
    assert width <= NARROW["width"], f"{page.url} is {width} px wide"


def assert_keyboard_order(page: Page) -> None:
    """Tab goes through everything that can be used, from the first to the last as read, and shows where it is."""
    stops = page.evaluate(_TAB_STOPS)
    page.evaluate(_BEGIN_AT_TOP)
    pressed, trail = 0, []
    while len(trail) < stops and pressed < stops * PARTS_OF_A_DATE:
        pressed += stops - len(trail)
        for _ in range(stops - len(trail)):
            page.keyboard.down("Tab")  # as a key that is held down repeats itself
        page.keyboard.up("Tab")
        trail = page.evaluate("focusTrail")
    places = [place for place, _ in trail]
    assert all(shows for _, shows in trail), f"{page.url}: focus does not show"
    assert places == sorted(set(places)), f"{page.url}: Tab jumps {places}"
    assert len(trail) == stops, f"{page.url}: Tab reaches {len(trail)} of {stops}"


def assert_well_made(page: Page, *, language: str) -> None:
    """All of the above, and that the page says its language and has a title and one main heading."""
    page.wait_for_load_state()  # a press returns before the page has changed
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title()
    assert page.locator("h1").count() == 1
    assert_fits(page)
    assert_accessible(page)
    assert_keyboard_order(page)
