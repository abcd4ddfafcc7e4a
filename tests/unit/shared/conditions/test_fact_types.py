"""Conditions that could never hold are found before any submission comes."""

import pytest

from shared.conditions.condition import parse_list
from shared.conditions.fact_types import FactKind, FactType, errors_of

KNOWN = {
    "category": [FactType(FactKind.CHOICE, ("road", "park"), option_name="option of category")],
    "kinds": [FactType(FactKind.CHOICES, ("a", "b"))],
    "hour": [FactType(FactKind.NUMBER, minimum=0, maximum=23)],
    "area": [FactType(FactKind.NUMBER, minimum=0)],
    "height": [FactType(FactKind.NUMBER, maximum=9)],
    "anonymous": [FactType(FactKind.TRUTH)],
    "born": [FactType(FactKind.DATE)],
    "time_of_day": [FactType(FactKind.TIME_OF_DAY)],
    "place": [FactType(FactKind.PLACE)],
    "name": [FactType(FactKind.TEXT)],
    "either": [FactType(FactKind.NUMBER), FactType(FactKind.CHOICE, ("x", "y"))],
}


def errors(*conditions):
    """What is wrong with them, by path."""
    written = [{"fact": fact, "operator": operator, "value": value} for fact, operator, value in conditions]
    return {error.path: error.message for error in errors_of(parse_list(written), KNOWN, {"sarna": ()})}


@pytest.mark.parametrize(
    "condition",
    [
        ("category", "is", "road"),
        ("category", "one_of", ["road", "park"]),
        ("category", "empty", True),
        ("kinds", "contains_any", ["a"]),
        ("hour", "at_least", 23),
        ("area", "more", 15.5),
        ("anonymous", "is", True),
        ("born", "before", "today-18y"),
        ("born", "is", "2026-12-24"),
        ("time_of_day", "less", "08:00"),
        ("place", "within", "sarna"),
        ("name", "is_not", "x"),
        ("either", "at_most", 3),
        ("either", "is", "y"),
    ],
)
def test_conditions_that_may_hold(condition):
    assert errors(condition) == {}


@pytest.mark.parametrize(
    ("condition", "part", "message"),
    [
        (("categori", "is", "road"), "fact", "there is no fact categori: did you mean category?"),
        (("category", "is", "raod"), "value", "there is no option of category raod: did you mean road?"),
        (("category", "one_of", ["road", "lake"]), "value", "there is no option of category lake"),
        (("category", "at_least", 1), "operator", "category is a choice among options, which at_least cannot compare"),
        (("kinds", "is", "a"), "operator", "use contains, contains_any, empty"),
        (("hour", "at_least", 25), "value", "hour is 0 to 23, never 25"),
        (("area", "less", -1), "value", "area is at least 0, never -1"),
        (("height", "more", 10), "value", "height is at most 9, never 10"),
        (("hour", "is", "8"), "value", "hour is a number, which '8' is not"),
        (("anonymous", "is", "yes"), "value", "anonymous is true or false, which 'yes' is not"),
        (("born", "is", "24 december"), "value", "born is a date as 2026-12-24, which '24 december' is not"),
        (("time_of_day", "at_least", 750), "value", "time_of_day is a time of day as '08:30', in quotes"),
        (("place", "within", "sarn"), "value", "there is no area sarn: did you mean sarna?"),
        (("name", "within", "sarna"), "operator", "name is text, which within cannot compare"),
        (("place", "within", "sarn"), "value", "there is no area sarn"),
        (("name", "is", 1), "value", "name is text, which 1 is not"),
        (("either", "is", "z"), "value", "either is a number, which 'z' is not"),
    ],
)
def test_conditions_that_could_never_hold(condition, part, message):
    assert message in errors(condition)[0, part]


def test_all_of_them_are_found_each_at_its_path():
    assert set(errors(("x", "is", 1), ("category", "is", "road"), ("hour", "is", 24))) == {(0, "fact"), (2, "value")}
