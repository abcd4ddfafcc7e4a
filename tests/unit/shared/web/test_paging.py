"""Pages by cursor."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.web.paging import PageQuery, decode, encode, moment
from shared.web.problems import Problem

CONVERTERS = (moment, UUID, int)


def test_a_cursor_gives_back_what_the_last_row_was_sorted_by():
    values = [datetime(2026, 11, 23, 14, 5, tzinfo=UTC), uuid4(), 7]

    assert decode(encode(values), *CONVERTERS) == values


def test_a_cursor_is_fit_for_a_query():
    assert encode(["å?&/+ü" * 20]).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("cursor", ["", "x", "å", "a" * 5000, encode([1]), encode(["x", "y", 1]), encode([1, 2, 3, 4])])
def test_nonsense_is_a_400(cursor):
    with pytest.raises(Problem) as raised:
        decode(cursor, *CONVERTERS)
    assert (raised.value.status, raised.value.code) == (400, "bad-cursor")


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_is_none_in_utc_is_a_400(text):
    with pytest.raises(Problem) as raised:
        decode(encode([text]), moment)
    assert raised.value.status == 400


VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text() | st.lists(st.text())
TIMES = st.datetimes(timezones=st.none() | st.timezones()).map(datetime.isoformat)


@given(st.text() | st.lists(VALUES | TIMES, max_size=1).map(encode), st.sampled_from([*CONVERTERS, date.fromisoformat]))
def test_no_text_breaks_it(cursor, converter):
    try:
        decode(cursor, converter)
    except Problem as raised:
        assert raised.status == 400


def test_a_page_is_fifty_unless_one_asks_and_two_hundred_at_most():
    assert PageQuery().load({}) == {"limit": 50, "cursor": None}
    assert PageQuery().load({"limit": "200"})["limit"] == 200
    for limit in ("0", "201", "x", "9" * 5000):
        with pytest.raises(ValidationError):
            PageQuery().load({"limit": limit})
