"""What cases have in common: the squares of the map, and values that name nobody."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from services.routing.related.likenesses import cell, cells_about, likenesses, metres_between
from shared.conditions.areas import Position

HERE = Position(14.0395, 61.2275)
CASE = SimpleNamespace(id=uuid4(), municipality="2039")


def test_two_hundred_metres_away_is_in_one_of_the_squares_around():
    for north, east in ((0.0018, 0), (-0.0018, 0), (0, 0.0037), (0, -0.0037), (0.0012, 0.0026)):
        there = Position(HERE.longitude + east, HERE.latitude + north)
        assert 150 < metres_between(HERE, there) <= 201
        assert cell(there) in cells_about(HERE)


@pytest.mark.parametrize("place", ["hemma", ""])
def test_a_place_that_many_write_is_nothing_in_common(place):
    assert likenesses(CASE, {"submitter": None, "answers": []}, [place], "key") == []


def test_what_is_stored_is_the_same_however_it_is_written_and_names_nobody():
    one, other = (
        likenesses(CASE, {"submitter": {"email": email, "phone": phone}, "answers": []}, [place], "key")
        for email, phone, place in (
            ("Kim@Example.org", "+46 70-123 45 67", "Dalgatan 31"),
            ("kim@example.org", "0701234567", "dalgatan 31"),
        )
    )

    assert one == other
    assert [each["kind"] for each in one] == ["person", "person", "place"]
    assert not any("kim" in each["value"] or "dalgatan" in each["value"] for each in one)
