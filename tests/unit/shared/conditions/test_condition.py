"""Conditions as they are written: right ones are understood, and of wrong ones everything wrong is found."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conditions.condition import (
    DEEPEST,
    MOST_CONDITIONS,
    Condition,
    Group,
    Grouping,
    InvalidCondition,
    leaves,
    leaves_with_paths,
    parse,
    parse_list,
)

A = {"fact": "a", "operator": "is", "value": 1}
B = {"fact": "b", "operator": "one_of", "value": ["x", "y"]}


def errors_in(written, parse=parse):
    """What is wrong with it, by path."""
    with pytest.raises(InvalidCondition) as invalid:
        parse(written)
    return {".".join(map(str, each.path)): each.message for each in invalid.value.errors}


def test_a_condition_and_groups_are_understood():
    assert parse(A) == Condition("a", "is", 1)
    assert parse({"any": [A, {"none": [B]}]}) == Group(
        Grouping.ANY, (Condition("a", "is", 1), Group(Grouping.NONE, (Condition("b", "one_of", ("x", "y")),)))
    )
    assert parse_list([A]) == Group(Grouping.ALL, (Condition("a", "is", 1),))


def test_a_day_that_yaml_has_read_is_text_again():
    assert parse({"fact": "f", "operator": "before", "value": date(2026, 12, 24)}).value == "2026-12-24"


def test_every_condition_is_found_with_its_path():
    group = parse_list([A, {"any": [B, {"none": [A]}]}])

    assert [condition.fact for condition in leaves(group)] == ["a", "b", "a"]
    assert [path for _, path in leaves_with_paths(group)] == [(0,), (1, "any", 0), (1, "any", 1, "none", 0)]


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        ("x", "", "must be {fact, operator, value}"),
        (None, "", "must be {fact, operator, value}"),
        ({"operator": "is", "value": 1}, "", "fact is missing"),
        ({"fact": "a", "operator": "is"}, "", "value is missing"),
        (A | {"fact": 1}, "fact", "must be text"),
        (A | {"operator": "at_leest"}, "operator", "there is no operator at_leest: did you mean at_least?"),
        (A | {"operator": ["is"]}, "operator", "there is no operator"),
        (A | {"valeu": 1}, "valeu", "there is no part of a condition valeu: did you mean value?"),
        ({"any": []}, "any", "must be a list with at least one condition"),
        ({"any": A}, "any", "must be a list with at least one condition"),
        ({"any": [A], "fact": "a"}, "fact", "cannot stand beside any"),
        ({"all": [A], "any": [A]}, "any", "cannot stand beside all"),
        ({"any": [A, [A]]}, "any.1", "must be {fact, operator, value}"),
        ({"none": [{"any": [A, A | {"operator": "x"}]}]}, "none.0.any.1.operator", "there is no operator x"),
        (A | {"value": [1]}, "value", "is needs a text, a number or a truth value"),
        (A | {"value": None}, "value", "is needs a text, a number or a truth value"),
        (A | {"value": float("inf")}, "value", "is needs a text, a number or a truth value"),
        (B | {"value": "x"}, "value", "one_of needs a list of texts, numbers or truth values"),
        (B | {"value": []}, "value", "one_of needs a list"),
        (B | {"value": [["x"]]}, "value", "one_of needs a list"),
        (A | {"operator": "at_least", "value": "x"}, "value", "at_least needs a number, or a time of day"),
        (A | {"operator": "less", "value": "24:00"}, "value", "less needs a number, or a time of day"),
        (A | {"operator": "before", "value": "2026-02-30"}, "value", "before needs a day as 2026-12-24, today"),
        (A | {"operator": "after", "value": "today+14"}, "value", "after needs a day"),
        (A | {"operator": "after", "value": ["today"]}, "value", "after needs a day"),
        (A | {"operator": "empty", "value": "yes"}, "value", "empty needs true or false"),
        (A | {"operator": "within", "value": 1}, "value", "within needs the code of an area"),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(written, path, message):
    assert message in errors_in(written)[path]


def test_everything_that_is_wrong_is_found_at_once():
    assert set(errors_in([A | {"operator": "x"}, {"any": [A | {"value": []}, "y"]}], parse_list)) == {
        "0.operator",
        "1.any.0.value",
        "1.any.1",
    }


def test_a_list_of_nothing_is_wrong():
    assert errors_in([], parse_list) == {"": "must be a list with at least one condition"}


def test_what_nests_too_deep_or_is_too_much_is_wrong():
    deep = A
    for _ in range(DEEPEST + 1):
        deep = {"all": [deep]}

    assert "is nested more than 6 deep" in str(errors_in(deep))
    assert errors_in({"any": [A] * (MOST_CONDITIONS + 1)}) == {"": "holds more than 100 conditions"}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["fact", "operator", "value", "all", "any", "none"]) | st.text(), inner)
    ),
    max_leaves=10,
)


@given(anything)
def test_whatever_is_written_is_a_condition_or_wrong(written):
    try:
        assert leaves(parse(written))
    except InvalidCondition as invalid:
        assert invalid.errors
