"""How conditions nest, whatever they are; the single cases are in `tests/contracts/conditions.json`."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from shared.conditions.condition import Condition, Group, Grouping
from shared.conditions.evaluate import evaluate, explain
from shared.conditions.operators import Surroundings

NOW = Surroundings(date(2026, 11, 23))

values = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b", "08:00", "2026-11-23"])
single = st.one_of(
    st.builds(Condition, st.sampled_from("fgh"), st.sampled_from(["is", "is_not"]), st.sampled_from(["a", 1, True])),
    st.builds(Condition, st.sampled_from("fgh"), st.sampled_from(["one_of", "none_of"]), st.just(("a", 1))),
    st.builds(Condition, st.sampled_from("fgh"), st.sampled_from(["less", "at_least"]), st.sampled_from([1, "08:00"])),
    st.builds(Condition, st.sampled_from("fgh"), st.sampled_from(["before", "after"]), st.just("today")),
    st.builds(Condition, st.sampled_from("fgh"), st.just("empty"), st.booleans()),
)
nodes = st.recursive(
    single,
    lambda inner: st.builds(Group, st.sampled_from(Grouping), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=8,
)
facts = st.dictionaries(st.sampled_from("fgh"), values)


def group(grouping, *members):
    """A group of these."""
    return Group(Grouping(grouping), members)


@given(nodes, facts)
def test_none_of_none_of_something_is_the_thing_itself(node, facts):
    assert evaluate(group("none", group("none", node)), facts, NOW) is evaluate(node, facts, NOW)


@given(nodes, nodes, facts)
def test_none_is_that_not_any(one, other, facts):
    none_of_both = evaluate(group("none", one, other), facts, NOW)

    assert none_of_both is evaluate(group("none", group("any", one, other)), facts, NOW)
    assert none_of_both is evaluate(group("all", group("none", one), group("none", other)), facts, NOW)


@given(nodes, nodes, facts)
def test_the_order_of_members_does_not_matter(one, other, facts):
    for grouping in Grouping:
        first, second = group(grouping, one, other), group(grouping, other, one)
        assert evaluate(first, facts, NOW) is evaluate(second, facts, NOW)


@given(nodes, facts)
def test_a_group_of_one_is_the_one(node, facts):
    alone = evaluate(node, facts, NOW)

    assert evaluate(group("all", node), facts, NOW) is alone
    assert evaluate(group("any", node), facts, NOW) is alone


@given(nodes, facts)
def test_the_explanation_agrees_with_the_evaluation(node, facts):
    assert explain(node, facts, NOW).holds is evaluate(node, facts, NOW)


@given(single, facts)
def test_what_cannot_be_tried_never_makes_anything_hold(condition, facts):
    if evaluate(condition, facts, NOW) is None:
        for grouping in Grouping:
            assert evaluate(group(grouping, condition), facts, NOW) is None


def test_the_explanation_keeps_what_was_seen_and_why_it_could_not_be_tried():
    result = explain(group("any", Condition("f", "is", 1), Condition("g", "is", 1)), {"f": "x"}, NOW)

    assert [(each.seen, each.holds, each.error) for each in result.members] == [
        ("x", None, "a text cannot be compared with a number"),
        (None, False, None),
    ]
