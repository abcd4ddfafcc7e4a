"""Numbers and amounts as people write them: the same file holds for the server and for the script of a form's page.

`number` and `money` are what a question of that type reads; null: it is none.
"""

import json
from pathlib import Path

import pytest

from services.intake.forms.fields.money import MoneyField
from services.intake.forms.fields.number import NumberField

CASES = json.loads(Path(__file__).with_name("numbers.json").read_text())
FIELDS = {kind.type: kind(name="n", label={"sv": "Antal"}) for kind in (NumberField, MoneyField)}


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
@pytest.mark.parametrize("kind", FIELDS)
def test_each_case_is_read_as_written(kind, case):
    read = FIELDS[kind].from_browser({"n": case["written"]})

    assert (read if isinstance(read, float) else None) == case[kind]


def test_no_two_cases_have_the_same_name():
    names = [case["case"] for case in CASES]

    assert sorted(names) == sorted(set(names))
