"""JSON in: everything ordinary, nothing that cannot be kept."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.strict_json import MAX_INTEGER, NotStrictJson, loads

ORDINARY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text("abc1/~"), inner, max_size=5),
    max_leaves=20,
)


@given(ORDINARY)
def test_ordinary_json_comes_in_as_it_was(value):
    assert loads(orjson.dumps(value)) == value


@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused(body):
    try:
        loads(body)
    except NotStrictJson as raised:
        assert str(raised).startswith("The body ")


def test_thirty_two_levels_are_read():
    assert loads(b"[" * 32 + b"]" * 32)


def test_a_wide_body_is_not_a_deep_one():
    assert len(loads(orjson.dumps([[number] for number in range(900)]))) == 900


@pytest.mark.parametrize(
    "value",
    [[0] * 2001, {str(number): 0 for number in range(1001)}, [[0] * 700] * 3, [{"a": [0] * 700}] * 3],
    ids=["values", "names", "in several lists", "further down"],
)
def test_more_names_and_values_than_may_be_are_not_read(value):
    with pytest.raises(NotStrictJson, match="2000 names and values"):
        loads(orjson.dumps(value))


@pytest.mark.parametrize("number", [b"1e15", b"9007199254740991", b"-9007199254740991", b"0.1234567890123456789"])
def test_numbers_that_a_double_keeps_are_read(number):
    assert loads(number) == orjson.loads(number)


def test_text_that_looks_suspicious_is_read():
    assert loads(rb'{"a": "\\u0000 1234567890123456 1e9"}') == {"a": r"\u0000 1234567890123456 1e9"}


def test_the_last_of_two_members_with_one_name_counts():
    assert loads(b'{"a": 1, "a": 2}') == {"a": 2}
