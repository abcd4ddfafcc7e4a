"""Whatever colour a municipality chooses, its pages can be read."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.web import colours
from shared.web.colours import BLACK, DARK_GROUND, ENHANCED_CONTRAST, LIGHT_GROUND, WHITE, contrast, readable

A_COLOUR = st.tuples(*[st.integers(0, 255)] * 3)


def test_black_on_white_has_the_greatest_contrast():
    assert round(contrast(BLACK, WHITE), 2) == 21


@given(A_COLOUR)
def test_a_link_in_any_colour_can_be_read_in_light_and_in_dark(colour):
    assert contrast(readable(colour, ground=LIGHT_GROUND, towards=BLACK), LIGHT_GROUND) >= ENHANCED_CONTRAST
    assert contrast(readable(colour, ground=DARK_GROUND, towards=WHITE), DARK_GROUND) >= ENHANCED_CONTRAST


@given(A_COLOUR)
def test_text_upon_any_colour_can_be_read(colour):
    assert max(contrast(colour, BLACK), contrast(colour, WHITE)) >= 4.5


def test_a_colour_that_can_be_read_already_is_left_alone():
    assert readable((0, 0x30, 0x50), ground=LIGHT_GROUND, towards=BLACK) == (0, 0x30, 0x50)


def test_each_municipality_gets_a_class():
    css = colours.stylesheet((("alvdalen", "#005a8c"), ("robertsfors", "#ffcc00")))

    assert ".municipality-alvdalen { --accent: #005a8c; --on-accent: #ffffff;" in css
    assert ".municipality-robertsfors { --accent: #ffcc00; --on-accent: #000000;" in css


def test_the_grounds_are_those_of_the_stylesheet():
    css = (Path(colours.__file__).parent / "static" / "arende.css").read_text("utf-8")
    light, dark = (bytes.fromhex(found) for found in re.findall(r"--sunken: #([0-9a-f]{6});", css)[:2])

    assert (tuple(light), tuple(dark)) == (LIGHT_GROUND, DARK_GROUND)
