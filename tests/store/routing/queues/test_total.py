"""How many cases a queue's list has in all."""

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.transfer import transfer
from services.routing.cases.state_machine import State
from services.routing.queues import total as totals
from services.routing.queues.list_cases import CaseFilter, Whose
from services.routing.queues.total import Total, total
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, command


@pytest.mark.parametrize(
    ("filters", "cases"),
    [
        (CaseFilter(), 3),
        (CaseFilter(state=State.QUEUED), 2),
        (CaseFilter(state=State.CLOSED), 0),
        (CaseFilter(whose=Whose.UNASSIGNED), 2),
        (CaseFilter(whose=Whose.UNASSIGNED, state=State.ASSIGNED), 0),
        (CaseFilter(whose=Whose.MINE), 1),
        (CaseFilter(whose=Whose.MINE, state=State.CLOSED), 0),
        (CaseFilter(eservice="bygglov"), 2),
        (CaseFilter(eservice="bygglov", state=State.QUEUED), 1),
        (CaseFilter(number="00002"), 1),
        (CaseFilter(must_be_decided_on=NOON.date()), 0),
    ],
)
def test_what_a_filter_lets_through_is_counted(casework, alvdalen, filters, cases):
    first, _, other = casework.a_case(), casework.a_case(), casework.a_case(eservice="rivningslov")
    claim(command(first), **casework.store_and_time)
    transfer(command(other), "bygglov", "Hör hit.", alvdalen, **casework.store_and_time)

    assert total(ANNA, "bygglov", filters, sessions=casework.store.sessions) == Total(cases)
    assert total(ERIK, "bygglov", filters, sessions=casework.store.sessions) == Total(0)


def test_where_there_are_more_than_are_counted_the_total_is_not_exact(casework, monkeypatch):
    for _ in range(3):
        casework.a_case()
    monkeypatch.setattr(totals, "MOST_COUNTED", 2)

    of_eservice = CaseFilter(eservice="bygglov")
    assert total(ANNA, "bygglov", of_eservice, sessions=casework.store.sessions) == Total(2, is_exact=False)
    assert total(ANNA, "bygglov", CaseFilter(), sessions=casework.store.sessions) == Total(3)
