"""How each case ended is noted in the transaction that ends it."""

from datetime import date

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.reopen import reopen
from services.routing.cases.errors import InvalidInput
from services.routing.statistics.models import CaseEnd
from tests.store.routing.casework import command, decision_data, everything, handling_with_deadline, only


def test_a_case_that_is_decided_has_ended(casework, alvdalen):
    case = casework.a_case(handling=handling_with_deadline(10))
    casework.clock.move(days=2)
    claim(command(case), **casework.store_and_time)
    casework.clock.move(days=5)
    decide(command(case), decision_data(), alvdalen, **casework.store_and_time)

    end = only(casework.store, CaseEnd, case_id=case.id)
    assert (end.ended_on, end.days, end.days_in_queue, end.in_time) == (date(2026, 11, 30), 7, 2, True)
    assert (end.municipality, end.board, end.queue, end.eservice) == ("2039", "BN", case.queue, "bygglov")


@pytest.mark.parametrize(("deadline", "in_time"), [(3, False), (None, None)])
def test_it_is_known_whether_it_was_in_time(casework, alvdalen, deadline, in_time):
    case = casework.a_case(handling=handling_with_deadline(deadline))
    claim(command(case), **casework.store_and_time)
    casework.clock.move(days=30)
    decide(command(case), decision_data(), alvdalen, **casework.store_and_time)

    assert only(casework.store, CaseEnd, case_id=case.id).in_time is in_time


def test_closing_what_was_decided_changes_nothing_and_reopening_takes_the_end_back(casework, claimed, alvdalen):
    decide(command(claimed), decision_data(), alvdalen, **casework.store_and_time)
    casework.clock.move(days=3)
    close(command(claimed), **casework.store_and_time)
    assert only(casework.store, CaseEnd, case_id=claimed.id).days == 0

    reopen(command(claimed), "Nytt underlag.", **casework.store_and_time)
    assert everything(casework.store, CaseEnd) == []

    casework.clock.move(days=4)
    decide(command(claimed), decision_data(), alvdalen, **casework.store_and_time)
    assert only(casework.store, CaseEnd, case_id=claimed.id).days == 7


def test_a_decision_that_is_refused_ends_nothing(casework, claimed, alvdalen):
    with pytest.raises(InvalidInput):
        decide(command(claimed), decision_data(outcome="finns ej"), alvdalen, **casework.store_and_time)

    assert everything(casework.store, CaseEnd) == []
