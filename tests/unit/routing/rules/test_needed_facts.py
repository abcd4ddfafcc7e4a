"""Only conditions that a case may fulfil are tried for it; which they are is found by what the case has."""

import pytest

from services.routing.rules.needed_facts import NodesByNeededFacts, needed_facts
from shared.conditions.condition import Condition, Group, Grouping

CASE = {"eservice": "x", "f": "7", "many": ["8", "9"]}


def is_x(eservice="x"):
    return Condition("eservice", "is", eservice)


def tried(*nodes, facts=CASE):
    """Which of the nodes are tried for the case."""
    needed = [needed_facts(node, rarest=lambda alternatives: alternatives[-1]) for node in nodes]
    return {nodes[number] for number in NodesByNeededFacts(needed).to_try(facts)}


@pytest.mark.parametrize(
    ("fitting", "other"),
    [
        (Condition("f", "is", "7"), Condition("f", "is", "8")),
        (Condition("f", "one_of", ("6", "7")), Condition("f", "one_of", ("8", "9"))),
        (Condition("many", "contains", "8"), Condition("many", "contains", "7")),
        (Condition("many", "contains_any", ("1", "9")), Condition("many", "contains_any", ("1", "2"))),
        (
            Group(Grouping.ANY, (Condition("f", "is", "8"), Condition("many", "contains", "8"))),
            Group(Grouping.ANY, (Condition("f", "is", "8"), Condition("many", "contains", "7"))),
        ),
        (
            Group(Grouping.ALL, (is_x(), Condition("f", "is", "7"))),
            Group(Grouping.ALL, (is_x(), Condition("f", "is", "8"))),
        ),
    ],
)
def test_a_condition_about_what_the_case_has_is_tried_and_one_about_something_else_is_not(fitting, other):
    assert tried(fitting, other) == {fitting}


@pytest.mark.parametrize(
    "condition",
    [
        Condition("f", "is_not", "8"),
        Condition("f", "at_least", 8),
        Condition("g", "empty", True),
        Group(Grouping.NONE, (Condition("f", "is", "8"),)),
        Group(Grouping.ANY, (Condition("f", "is", "8"), Condition("f", "is_not", "8"))),
    ],
)
def test_a_condition_that_other_values_may_fulfil_is_tried_for_every_case(condition):
    assert tried(condition) == {condition}


@pytest.mark.parametrize("seen", [7, True, ["7"], {"text": "7"}])
def test_a_condition_that_cannot_be_compared_with_what_the_case_has_is_tried_so_that_its_error_is_found(seen):
    condition = Condition("f", "is", "8")

    assert tried(condition, facts={"f": seen}) == {condition}


def test_a_number_is_found_however_it_is_written():
    assert tried(Condition("f", "is", 2), Condition("f", "is", 3), facts={"f": 2.0}) == {Condition("f", "is", 2)}


def test_a_fact_that_the_case_lacks_fulfils_nothing():
    assert tried(Condition("g", "is", "8"), facts={"g": None}) == set()
