"""The language of conditions, case by case: the same file holds for every program that evaluates them.

`today` is 2026-11-23 where a case names no other; `areas` are the coordinates of a MultiPolygon by code; `holds` null:
the condition cannot be tried.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from shared.conditions.areas import read_areas
from shared.conditions.condition import parse
from shared.conditions.evaluate import evaluate, explain
from shared.conditions.operators import OPERATORS, Surroundings

CASES = json.loads(Path(__file__).with_name("conditions.json").read_text())


def surroundings_of(case):
    """The day and the areas of a case."""
    features = [
        {"properties": {"code": code}, "geometry": {"type": "MultiPolygon", "coordinates": coordinates}}
        for code, coordinates in case.get("areas", {}).items()
    ]
    return Surroundings(date.fromisoformat(case.get("today", "2026-11-23")), read_areas({"features": features}))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_each_case_holds_or_not_as_written(case):
    condition, surroundings = parse(case["condition"]), surroundings_of(case)

    assert evaluate(condition, case["facts"], surroundings) is case["holds"]
    assert explain(condition, case["facts"], surroundings).holds is case["holds"]


def test_there_are_cases_of_every_operator_that_hold_that_do_not_and_that_cannot_be_tried():
    seen = {
        (case["condition"]["operator"], case["holds"])
        for case in CASES
        if "operator" in case["condition"] and case["facts"]
    }

    wanted = {(operator, holds) for operator in OPERATORS for holds in (True, False, None)}
    assert wanted - seen == {("empty", None)}


def test_no_two_cases_have_the_same_name():
    names = [case["case"] for case in CASES]

    assert sorted(names) == sorted(set(names))
