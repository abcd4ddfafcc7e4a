"""Officers change how urgent a case is, and the most urgent stand first where that is chosen."""

import pytest

from services.routing.actions.decide import decide
from services.routing.actions.set_priority import set_priority
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import State
from services.routing.queues.list_cases import CaseFilter, queue_cases
from services.routing.queues.sorting import Sort
from tests.store.routing.casework import ANNA, command, everything, handling_with_deadline


def test_a_priority_is_changed_with_a_reason(casework, claimed):
    set_priority(command(claimed), "urgent", "Barn berörs.", **casework.store_and_time)

    assert casework.now(claimed).priority == 2
    last = everything(casework.store, JournalEntry, case_id=claimed.id)[-1]
    assert last.data == {"priority": "urgent", "before": "normal", "reason": "Barn berörs."}
    with pytest.raises(InvalidInput):
        set_priority(command(claimed), "urgent", "Igen.", **casework.store_and_time)


def test_the_most_urgent_stand_first_by_deadline_page_after_page(casework, alvdalen):
    priorities = {1: "low", 3: "urgent", 4: "urgent", 5: "high"}
    for number in range(1, 7):
        case = casework.a_case(handling=handling_with_deadline(30 - number))
        if number in priorities:
            set_priority(command(case), priorities[number], "Skäl.", **casework.store_and_time)
    seen, after = [], None
    while True:
        page = queue_cases(
            ANNA,
            "bygglov",
            CaseFilter(),
            alvdalen,
            sort=Sort.PRIORITY,
            after=after,
            limit=2,
            sessions=casework.store.sessions,
        )
        seen += [each.case.register_number for each in page.cases]
        if (after := page.next) is None:
            break

    assert seen == [4, 3, 5, 6, 2, 1]


def test_cases_that_are_not_open_come_by_deadline_also_by_priority(casework, claimed, alvdalen):
    decide(command(claimed), {"outcome": "bifall", "reasons": "Skäl."}, alvdalen, **casework.store_and_time)

    decided = CaseFilter(state=State.DECIDED)
    page = queue_cases(ANNA, "bygglov", decided, alvdalen, sort=Sort.PRIORITY, sessions=casework.store.sessions)

    assert [each.case.id for each in page.cases] == [claimed.id]
