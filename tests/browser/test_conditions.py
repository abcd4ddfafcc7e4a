"""Conditions hold, and numbers are read, in the browser exactly as in Python."""

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from shared.conditions.condition import parse
from shared.conditions.evaluate import evaluate
from shared.conditions.operators import Surroundings
from tests.browser.conftest import Visit

pytestmark = pytest.mark.chromium

CASES = json.loads((Path(__file__).parents[1] / "contracts/conditions.json").read_text())
HOLDS = """async (cases) => {
  const { evaluate } = await import("/intake/static/conditions.js");
  return cases.map(({ condition, facts, today, areas = {} }) => evaluate(condition, facts, { today, areas }));
}"""
NUMBERS_AS_WRITTEN = json.loads((Path(__file__).parents[1] / "contracts/numbers.json").read_text())
READ = """async (written) => {
  const { readNumber, readMoney } = await import("/intake/static/numbers.js");
  return written.map((each) => [readNumber(each) ?? null, readMoney(each) ?? null]);
}"""
GENERATED = 4_000
TODAY = "2028-02-29"

TEXTS = ["", " ", "a", "b", "A", "08:30", "23:59", "24:00", "2026-11-23", "2028-02-29", "2027-02-29", "0001-01-01", "å"]
NUMBERS = [0, 1, -1, 2.5, 1e15, 0.1]
DAYS = [
    "today",
    "today+1d",
    "today-3w",
    "today-1m",
    "today+12m",
    "today-9999y",
    "today+9999y",
    "2026-11-23",
    "2028-02-29",
    "0001-01-01",
]
SIZES = [*NUMBERS, "08:30", "23:59"]
PLAIN = [*TEXTS, *NUMBERS, True, False]
LISTS: list[list[Any]] = [["a"], ["a", "b"], [1, "a"], [True, 0], ["08:30", ""]]
VALUES: dict[str, list[Any]] = {
    **dict.fromkeys(("is", "is_not", "contains"), PLAIN),
    **dict.fromkeys(("one_of", "none_of", "contains_any"), LISTS),
    "empty": [True, False],
    **dict.fromkeys(("less", "at_most", "more", "at_least"), SIZES),
    **dict.fromkeys(("before", "after"), DAYS),
}
COMPARABLE = ("is", "is_not", "less", "at_most", "more", "at_least", "before", "after")


def found_in_browser(page: Page, cases: list[dict[str, Any]]) -> list[bool | None]:
    page.goto("/alvdalen/")
    found: list[bool | None] = page.evaluate(HOLDS, cases)
    return found


def found_in_python(case: dict[str, Any]) -> bool | None:
    surroundings = Surroundings(date.fromisoformat(case["today"]))
    return evaluate(parse(case["condition"]), case["facts"], surroundings)


def test_each_case_of_the_contract_holds_in_the_browser(visit: Visit, installation: str) -> None:
    sent = [{"today": "2026-11-23", **each} for each in CASES]

    found = found_in_browser(visit(installation), sent)

    assert {each["case"]: holds for each, holds in zip(CASES, found, strict=True)} == {
        each["case"]: each["holds"] for each in CASES
    }


def test_numbers_and_amounts_are_read_in_the_browser_as_they_are_in_python(visit: Visit, installation: str) -> None:
    page = visit(installation)
    page.goto("/alvdalen/")

    found = page.evaluate(READ, [each["written"] for each in NUMBERS_AS_WRITTEN])

    assert {each["case"]: read for each, read in zip(NUMBERS_AS_WRITTEN, found, strict=True)} == {
        each["case"]: [each["number"], each["money"]] for each in NUMBERS_AS_WRITTEN
    }


def test_thousands_of_generated_cases_agree(visit: Visit, installation: str) -> None:
    chance = random.Random(20261127)
    cases = [generated(chance) for _ in range(GENERATED)]

    found = found_in_browser(visit(installation), cases)

    differing = [each for each, holds in zip(cases, found, strict=True) if found_in_python(each) is not holds]
    assert differing == []
    assert {found_in_python(each) for each in cases} == {True, False, None}


def generated(chance: random.Random) -> dict[str, Any]:
    facts = {name: chance.choice([*PLAIN, *LISTS, None]) for name in "fgh"}
    facts = {name: value for name, value in facts.items() if value is not None}
    return {"condition": node(chance, depth=0), "facts": facts, "today": TODAY}


def node(chance: random.Random, depth: int) -> dict[str, Any]:
    if depth < 3 and chance.random() < 0.5:
        members = [node(chance, depth + 1) for _ in range(chance.randint(1, 3))]
        return {chance.choice(["all", "any", "none"]): members}
    operator = chance.choice(list(VALUES))
    compares_facts = operator in COMPARABLE and chance.random() < 0.2
    value = {"fact": chance.choice("fgh")} if compares_facts else chance.choice(VALUES[operator])
    return {"fact": chance.choice("fgh"), "operator": operator, "value": value}
