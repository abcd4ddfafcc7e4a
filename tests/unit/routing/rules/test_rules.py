"""Rules: the first match decides, it and the nearest others are kept, and no fact makes them fail."""

from datetime import date

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.organisation.organisation import Board, Organisation, Queue
from services.routing.rules.explanation import why
from services.routing.rules.facts import facts_of
from services.routing.rules.index import Choice, RuleIndex
from services.routing.rules.rules import Rule
from shared.conditions.condition import Condition, Group, Grouping
from shared.conditions.evaluate import evaluate
from shared.conditions.operators import OPERATORS, Surroundings
from shared.events.payloads import plain
from tests.builders import a_submission, an_arrival

NAME = {"sv": "Kö", "en": "Queue"}
TODAY = date(2026, 11, 23)


def a_rule(name, *conditions, queue="egen", **sets):
    """A rule with conditions given as (fact, operator, value), or as groups."""
    because = {"sv": f"{name} gäller", "en": f"{name} applies"}
    members = tuple(each if isinstance(each, Group) else Condition(*each) for each in conditions)
    return Rule(name, because, Group(Grouping.ALL, members), queue, **sets)


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


def routed(facts, *rules, board="TN", secret=False):
    """Where the rules put a submission with these facts."""
    return an_organisation(*rules).route(facts, board=board, secret=secret, today=TODAY)


def explained(facts, *rules):
    """Why."""
    return routed(facts, *rules).explanation


def holds(operator, seen, value):
    """Whether a single condition holds."""
    return routed({"f": seen}, a_rule("R", ("f", operator, value))).rule is not None


@pytest.mark.parametrize("outside", [True, False])
def test_a_rule_may_ask_whether_a_place_lies_outside_the_municipality(outside):
    rule = a_rule("Grannkommun", ("outside_municipality", "is", True))

    routing = routed(facts_of(a_submission(outside_municipality=outside)), rule)

    assert (routing.rule is not None) is outside


def test_a_rule_may_ask_how_it_came():
    by_letter = a_submission(arrival=an_arrival())

    found = [
        routed(facts_of(each), a_rule("Brev", ("channel", "is", "letter"))).rule for each in (by_letter, a_submission())
    ]

    assert [each is not None for each in found] == [True, False]


def test_the_first_rule_that_matches_decides_and_a_later_one_is_kept_as_the_nearest():
    explanation = explained(
        {"eservice": "y", "f": 1},
        a_rule("Nej", ("f", "is", 2)),
        a_rule("Ja", ("eservice", "is", "y"), queue="annan"),
        a_rule("Också", ("eservice", "is_not", "x")),
    )

    assert (explanation.winner.name, explanation.queue, explanation.version) == ("Ja", "annan", 7)
    assert [(each.name, each.matched) for each in explanation.nearest_misses] == [("Också", True), ("Nej", False)]


def test_all_conditions_of_a_rule_must_hold_and_each_keeps_what_it_saw():
    explanation = explained({"a": 1, "b": 3}, a_rule("R", ("a", "is", 1), ("b", "is", 2)))

    assert explanation.winner is None
    assert [(each.seen, each.holds) for each in explanation.nearest_misses[0].conditions] == [(1, True), (3, False)]


def test_nearest_is_the_rule_with_most_conditions_held_then_that_which_lacks_fewest_then_the_earlier():
    explanation = explained(
        {"a": 1, "b": 1, "c": 1},
        a_rule("none of one", ("a", "is", 2)),
        a_rule("one of three", ("a", "is", 1), ("b", "is", 2), ("c", "is", 2)),
        a_rule("one of two", ("a", "is", 1), ("b", "is", 2)),
        a_rule("one of two, later", ("a", "is", 2), ("b", "is", 1)),
        a_rule("two of four", ("a", "is", 1), ("b", "is", 1), ("c", "is", 2), ("d", "is", 2)),
    )

    assert [each.name for each in explanation.nearest_misses] == ["two of four", "one of two", "one of two, later"]


def test_a_rule_of_another_eservice_is_not_even_tried():
    explanation = explained(
        {"eservice": "x"}, a_rule("Annan", ("eservice", "is", "y")), a_rule("En av", ("eservice", "one_of", ("x", "z")))
    )

    assert (explanation.winner.name, explanation.nearest_misses) == ("En av", [])


def test_a_rule_with_an_alternative_to_the_eservice_is_tried_for_all():
    either = Group(Grouping.ANY, (Condition("eservice", "is", "y"), Condition("f", "is", 1)))

    assert explained({"eservice": "x", "f": 1}, a_rule("R", either)).winner.name == "R"


def test_what_nests_is_explained_as_it_nests():
    either = Group(Grouping.ANY, (Condition("a", "is", 2), Condition("b", "is", 1)))

    [group] = explained({"a": 1, "b": 1}, a_rule("R", either)).winner.conditions

    assert (group.grouping, group.holds, [each.holds for each in group.members]) == ("any", True, [False, True])


def test_five_thousand_rules_leave_a_short_explanation():
    many = tuple(f"värde-{number}" for number in range(5_000))
    rules = [a_rule(f"Regel {number}", ("f", "one_of", many), ("g", "is", number)) for number in range(5_000)]

    explanation = explained({"f": "värde-7", "g": 4_000}, *rules)

    assert explanation.winner.name == "Regel 4000"
    assert len(explanation.nearest_misses) == 3
    assert len(orjson.dumps(explanation)) < 10_000
    assert explanation.winner.conditions[0].value[-1] == "… 4980"


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
    assert holds(operator, seen, value)


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
    assert not holds(operator, seen, value)


@pytest.mark.parametrize(
    ("operator", "seen", "value", "error"),
    [
        ("is", "1", 1, "a text cannot be compared with a number"),
        ("is", 1, True, "a number cannot be compared with a truth value"),
        ("at_least", "många", 3, "a text is not a number"),
        ("at_most", True, 3, "a truth value is not a number"),
        ("contains", "abc", "a", "a text has no members"),
        ("is", {"x": 1}, "a", "something else cannot be compared with a text"),
    ],
)
def test_what_cannot_be_compared_is_an_error_that_is_noted_and_stops_nothing(operator, seen, value, error):
    routing = routed({"f": seen, "g": 1}, a_rule("Trasig", ("f", operator, value)), a_rule("Hel", ("g", "is", 1)))

    [broken] = routing.explanation.nearest_misses
    assert (broken.conditions[0].holds, broken.conditions[0].error) == (None, error)
    assert (routing.rules_with_errors, routing.rule.name) == (["Trasig"], "Hel")


def test_a_fact_that_is_not_there_is_no_error():
    routing = routed({}, a_rule("R", ("f", "is_not", "a")))

    assert (routing.rule, routing.rules_with_errors) == (None, [])


@pytest.mark.parametrize(("board", "rules"), [("TN", ()), ("SBN", ()), ("SBN", (a_rule("R", ("e", "is", 1)),))])
def test_a_secret_case_without_board_or_rule_goes_where_nobody_sees_it_unless_somebody_is_named(board, rules):
    routing = routed({"e": 1}, *rules, board=board, secret=True)

    assert (routing.queue.code, routing.queue.protected, routing.rule) == ("protected_registrar", True, None)
    assert routing.explanation.missing_board == (None if board == "TN" else "SBN")
    assert [each.name for each in routing.explanation.nearest_misses] == [each.name for each in rules]


def test_a_secret_case_with_board_and_rule_goes_where_the_rule_puts_it():
    assert routed({"e": 1}, a_rule("R", ("e", "is", 1)), secret=True).queue.code == "egen"


def test_a_case_that_is_not_secret_goes_where_the_rule_puts_it_though_its_board_is_not_there():
    assert routed({"e": 1}, a_rule("R", ("e", "is", 1)), board="SBN").queue.code == "egen"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


operands = {
    "one_of": ("a", 1),
    "none_of": ("a", 1),
    "contains_any": ("a", 1),
    "empty": True,
    "before": "today+1d",
    "after": "2026-01-01",
    "within": "sarna",
}


@given(st.sampled_from(sorted(OPERATORS)), values, st.text() | st.integers() | st.booleans())
def test_no_fact_whatever_it_is_makes_the_rules_fail(operator, seen, value):
    operand = operands.get(operator, value)

    assert routed({"f": seen}, a_rule("R", ("f", operator, operand))).queue.code in ("egen", "registrator")


plain_values = st.sampled_from(["x", "y", "z", 1, 2, 1.0, True, 0, False])
several = st.lists(plain_values, min_size=1, max_size=3).map(tuple)
single = st.one_of(
    st.builds(
        Condition, st.sampled_from(["eservice", "f", "g"]), st.sampled_from(["is", "is_not", "contains"]), plain_values
    ),
    st.builds(
        Condition,
        st.sampled_from(["eservice", "f", "g"]),
        st.sampled_from(["one_of", "none_of", "contains_any"]),
        several,
    ),
    st.builds(Condition, st.sampled_from(["f", "g"]), st.just("at_least"), st.integers(0, 3)),
    st.builds(Condition, st.sampled_from(["f", "g"]), st.just("empty"), st.booleans()),
)
nested = st.recursive(
    single,
    lambda inside: st.builds(Group, st.sampled_from(Grouping), st.lists(inside, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)
of_rule = st.lists(nested, min_size=1, max_size=3).map(lambda members: Group(Grouping.ALL, tuple(members)))
rule_lists = st.lists(of_rule, max_size=8)
facts = st.dictionaries(
    st.sampled_from(["eservice", "f", "g"]), plain_values | st.lists(plain_values, max_size=2) | st.just({"text": "x"})
)


def chosen_by_trying_all(rules, facts, surroundings):
    """What the index must come to: of the rules of the case's e-service and of any, each one is tried whole."""
    eservice = facts.get("eservice")
    of_case = [
        rule for rule in rules if rule.eservices is None or (isinstance(eservice, str) and eservice in rule.eservices)
    ]
    tried = [(rule, [evaluate(member, facts, surroundings) for member in rule.when.members]) for rule in of_case]
    winner = next((rule for rule, outcomes in tried if all(outcomes)), None)
    others = [each for each in tried if each[0] is not winner]
    others.sort(key=lambda each: (-each[1].count(True), len(each[1])))
    return Choice(winner, [rule for rule, _ in others[:3]], [rule for rule, outcomes in tried if None in outcomes])


@settings(max_examples=300)
@given(rule_lists, facts)
def test_the_index_comes_to_the_winner_the_nearest_and_the_errors_that_trying_all_comes_to(groups, facts):
    rules = [Rule(f"R{number}", NAME, group, "egen") for number, group in enumerate(groups)]
    surroundings = Surroundings(TODAY)

    assert RuleIndex(rules).choose(facts, surroundings) == chosen_by_trying_all(rules, facts, surroundings)


def test_why_is_a_sentence_in_the_readers_language():
    rule = a_rule("Regeln", ("e", "is", "x"))

    matched, unmatched = (plain(explained({"e": seen}, rule)) for seen in "xy")
    without_board = plain(routed({"e": "x"}, rule, board="SBN", secret=True).explanation)

    assert why(matched, "sv") == "Ärendet lades i kön Egen eftersom Regeln gäller (regeln ”Regeln”, version 7)."
    assert why(matched, "en").endswith("in the queue Queue because Regeln applies (rule “Regeln”, version 7).")
    assert why(unmatched, "sv").startswith("Ingen regel passade ärendet, så det lades i kön Registrator")
    assert why(without_board, "sv").startswith("E-tjänstens nämnd finns inte här, så ärendet lades i kön Skyddade")
    assert why(matched, "fi") == why(matched, "sv")
