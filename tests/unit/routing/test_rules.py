"""Rules: the first match decides, every trial is kept, and nothing that a submission says makes them fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.organisation.organisation import Board, Organisation, Queue
from services.routing.rules.rules import OPERATORS, Condition, Rule, why

NAME = {"sv": "Kö", "en": "Queue"}


def a_rule(name, *conditions, queue="egen"):
    """A rule with conditions given as (fact, operator, value)."""
    because = {"sv": f"{name} gäller", "en": f"{name} applies"}
    return Rule(name, because, tuple(Condition(*each) for each in conditions), queue)


def an_organisation(*rules):
    """A municipality with these rules."""
    return Organisation(
        municipality="2039",
        boards={"TN": Board("TN", NAME, "{board} {year}-{number}")},
        queues={code: Queue(code, NAME | {"sv": code.title()}, "TN") for code in ("egen", "annan", "registrator")},
        registrar_queue="registrator",
        rules=rules,
        version=7,
    )


def held(operator, seen, value):
    """Whether a single condition holds."""
    [rule] = an_organisation(a_rule("R", ("f", operator, value))).route({"f": seen}).rules
    return rule.matched


def test_the_first_rule_that_matches_decides_and_all_are_tried():
    organisation = an_organisation(
        a_rule("Nej", ("eservice", "is", "x")),
        a_rule("Ja", ("eservice", "is", "y"), queue="annan"),
        a_rule("Också", ("eservice", "is_not", "x")),
    )

    explanation = organisation.route({"eservice": "y"})

    assert (explanation.winner, explanation.queue, explanation.version) == ("Ja", "annan", 7)
    assert [rule.matched for rule in explanation.rules] == [False, True, True]


def test_all_conditions_of_a_rule_must_hold_and_each_says_what_it_saw():
    organisation = an_organisation(a_rule("R", ("a", "is", 1), ("b", "is", 2)))

    explanation = organisation.route({"a": 1, "b": 3})

    assert explanation.winner is None
    assert [(each.seen, each.held) for each in explanation.rules[0].conditions] == [(1, True), (3, False)]


@pytest.mark.parametrize(
    ("operator", "seen", "value"),
    [
        ("is", "a", "a"),
        ("is", 1, 1.0),
        ("is", True, True),
        ("is_not", "a", "b"),
        ("one_of", "a", ["b", "a"]),
        ("contains", ["a", "b"], "a"),
        ("at_least", 5, 5),
        ("at_most", 4.5, 5),
    ],
)
def test_conditions_that_hold(operator, seen, value):
    assert held(operator, seen, value)


@pytest.mark.parametrize(
    ("operator", "seen", "value"),
    [
        ("is", "a", "A"),
        ("is_not", "a", "a"),
        ("one_of", "c", ["b", "a"]),
        ("contains", ["a"], "b"),
        ("contains", [], "b"),
        ("at_least", 4, 5),
        ("at_most", 6, 5),
        ("is", None, "a"),
    ],
)
def test_conditions_that_do_not_hold(operator, seen, value):
    assert not held(operator, seen, value)


@pytest.mark.parametrize(
    ("operator", "seen", "value", "fault"),
    [
        ("is", "1", 1, "a text cannot be compared with a number"),
        ("is", 1, True, "a number cannot be compared with a truth value"),
        ("at_least", "många", 3, "a text is not a number"),
        ("at_most", True, 3, "a truth value is not a number"),
        ("contains", "abc", "a", "a text has no members"),
        ("is", {"x": 1}, "a", "something else cannot be compared with a text"),
    ],
)
def test_what_cannot_be_compared_is_a_fault_that_is_noted_and_stops_nothing(operator, seen, value, fault):
    organisation = an_organisation(a_rule("Trasig", ("f", operator, value)), a_rule("Hel", ("g", "is", 1)))

    explanation = organisation.route({"f": seen, "g": 1})

    assert explanation.rules[0].conditions[0].fault == fault
    assert (explanation.faults, explanation.winner) == (["Trasig"], "Hel")


def test_a_fact_that_is_not_there_is_no_fault():
    explanation = an_organisation(a_rule("R", ("f", "is_not", "a"))).route({})

    assert (explanation.winner, explanation.faults) == (None, [])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(OPERATORS)), values, st.text() | st.integers() | st.booleans())
def test_no_fact_whatever_it_is_makes_the_rules_fail(operator, seen, value):
    operand = [value] if operator == "one_of" else value

    assert an_organisation(a_rule("R", ("f", operator, operand))).route({"f": seen}).queue in ("egen", "registrator")


def test_why_is_a_sentence_in_the_readers_language():
    organisation = an_organisation(a_rule("Regeln", ("e", "is", "x")))

    matched, unmatched = (organisation.route({"e": seen}).as_data() for seen in "xy")

    assert why(matched, "sv") == "Ärendet lades i kön Egen eftersom Regeln gäller (regeln ”Regeln”, version 7)."
    assert why(matched, "en").endswith("in the queue Queue because Regeln applies (rule “Regeln”, version 7).")
    assert why(unmatched, "sv").startswith("Ingen regel passade ärendet, så det lades i kön Registrator")
    assert why(matched, "fi") == why(matched, "sv")
