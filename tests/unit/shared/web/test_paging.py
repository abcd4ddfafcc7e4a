"""Pages by cursor."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.web.paging import PageQuery, decode, encode
from shared.web.problems import Problem

READERS = (datetime.fromisoformat, UUID, int)


def test_a_cursor_gives_back_what_the_last_row_was_sorted_by():
    values = [datetime(2026, 11, 23, 14, 5, tzinfo=UTC), uuid4(), 7]

    assert decode(encode(values), *READERS) == values


def test_a_cursor_is_fit_for_a_query():
    assert encode(["å?&/+ü" * 20]).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("cursor", ["", "x", "å", "a" * 5000, encode([1]), encode(["x", "y", 1]), encode([1, 2, 3, 4])])
def test_nonsense_is_a_400(cursor):
    with pytest.raises(Problem) as refused:
        decode(cursor, *READERS)
    assert (refused.value.status, refused.value.code) == (400, "bad-cursor")


@given(st.text())
def test_no_text_breaks_it(cursor):
    try:
        decode(cursor)
    except Problem as refused:
        assert refused.status == 400


def test_a_page_is_fifty_unless_one_asks_and_two_hundred_at_most():
    assert PageQuery().load({}) == {"limit": 50, "cursor": None}
    assert PageQuery().load({"limit": "200"})["limit"] == 200
    for limit in ("0", "201", "x", "9" * 5000):
        with pytest.raises(ValidationError):
            PageQuery().load({"limit": limit})
