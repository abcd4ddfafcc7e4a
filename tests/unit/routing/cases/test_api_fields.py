"""Fields of the API."""

import pytest

from services.routing.cases.api_fields import PriorityName
from services.routing.rules.rules import Priority


@pytest.mark.parametrize(
    ("priority", "name"),
    [(Priority.LOW, "low"), (Priority.NORMAL, "normal"), (Priority.HIGH, "high"), (Priority.URGENT, "urgent")],
)
def test_a_priority_has_the_name_that_rules_give_it(priority, name):
    assert PriorityName().serialize("priority", {"priority": int(priority)}) == name
