"""The map drawn from a border: north up, in proportion, with everything on it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.border_map import FLATTEST, TALLEST, border_map
from shared.borders import Border, Line, NamedPlace
from shared.conditions.areas import Position


def border(west, south, width, height, **more):
    east, north = west + width, south + height
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return Border(((tuple(Position(*each) for each in corners),),), **more)


def points(path):
    return [tuple(map(float, each)) for each in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


@given(st.floats(11, 22), st.floats(55, 67), st.floats(0.01, 4), st.floats(0.01, 4))
def test_the_whole_border_is_on_a_map_of_good_shape(west, south, width, height):
    drawn = border_map(border(west, south, width, height))

    assert FLATTEST - 0.001 <= drawn.height / drawn.width <= TALLEST + 0.001
    assert len(points(drawn.inside)) == 4
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in points(drawn.inside))


def test_a_kilometre_is_as_long_east_as_north():
    drawn = border_map(border(14, 59.5, 1, 1))

    assert drawn.x_degree / drawn.y_degree == pytest.approx(0.5, abs=0.001)  # cos 60°


def test_what_is_named_and_drawn_is_where_it_is():
    middle, road = Position(14.5, 61.5), (Position(14, 61.5), Position(15, 61.5))
    drawn = border_map(border(14, 61, 1, 1, places=(NamedPlace("Byn", middle),), lines=(Line("road", road),)))

    [place] = drawn.places
    assert (place.name, place.x, place.y, place.before) == ("Byn", 200, pytest.approx(drawn.height / 2, abs=0.1), False)
    assert points(drawn.lines["road"]) == [(pytest.approx(200 - drawn.x_degree / 2, abs=0.1), place.y),
                                           (pytest.approx(200 + drawn.x_degree / 2, abs=0.1), place.y)]  # fmt: skip
    assert drawn.pin({"latitude": 61.5, "longitude": 14.5}) == (place.x, place.y)


def test_a_name_far_to_the_right_stands_before_its_place():
    drawn = border_map(border(14, 61, 1, 1, places=(NamedPlace("Byn", Position(15, 61.5)),)))

    assert drawn.places[0].before


@pytest.mark.parametrize(
    "place", [{}, {"text": "Bron"}, {"latitude": "x", "longitude": 14}, {"latitude": 61, "longitude": 24}]
)
def test_what_has_no_position_on_the_map_has_no_pin(place):
    assert border_map(border(14, 61, 1, 1)).pin(place) is None


def test_the_grid_has_even_degrees():
    drawn = border_map(border(14.03, 61.02, 1, 0.5))

    upright = {x for x, y in points(drawn.grid) if y == 0}
    assert {round(drawn.west + x / drawn.x_degree, 2) for x in upright} >= {14.2, 14.4, 14.6, 14.8, 15.0}
