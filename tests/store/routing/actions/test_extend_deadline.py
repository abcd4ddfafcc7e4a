"""The deadline of a case in the store: kept by the journal, extended by an action, moved by supplements."""

from dataclasses import replace
from datetime import date

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.extend_deadline import extend_deadline
from services.routing.actions.reopen import reopen
from services.routing.actions.request_supplement import request_supplement
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, JournalEntry
from shared.events.routing import (
    CaseDeadline,
    CaseDeadlineExtended,
    CaseReopened,
    CaseSupplemented,
    CaseSupplementRequested,
)
from tests.builders import a_submission, received, supplemented
from tests.store.routing.casework import PERMIT, command, decision_data, everything, only


@pytest.fixture
def submission():
    """An application whose time is counted as the law has it."""
    return a_submission(handling=replace(a_submission().handling, deadline=PERMIT))


@pytest.fixture
def permit(casework, receive, submission):
    """Its case, which Anna has claimed."""
    receive(received(submission))
    case = only(casework.store, Case)
    claim(command(case), **casework.store_and_time)
    return case


def test_the_deadline_is_extended_with_a_reason_for_the_submitter(casework, permit):
    extend_deadline(command(permit), 10, "Vi väntar på yttrande.", **casework.store_and_time)

    assert casework.now(permit).due_on == date(2027, 4, 12)
    published = CaseDeadlineExtended.open(casework.published(permit)[-1])
    assert (published.deadline.due_on, published.reason) == (date(2027, 4, 12), "Vi väntar på yttrande.")
    data = everything(casework.store, JournalEntry, case_id=permit.id)[-1].data
    assert data == {"amount": 10, "unit": "weeks", "reason": "Vi väntar på yttrande."}


@pytest.mark.parametrize(("amount", "days"), [(11, 0), (1, 71)])
def test_it_is_not_extended_by_more_than_the_rule_lets_it_or_when_it_has_run_out(casework, permit, amount, days):
    casework.clock.move(days=days)

    with pytest.raises(InvalidInput) as refusal:
        extend_deadline(command(permit), amount, "Skäl.", **casework.store_and_time)

    assert refusal.value.field == "amount"
    assert casework.now(permit).due_on == date(2027, 2, 1)


def test_it_is_extended_once(casework, permit):
    extend_deadline(command(permit), 2, "Skäl.", **casework.store_and_time)

    with pytest.raises(InvalidInput):
        extend_deadline(command(permit), 2, "Skäl.", **casework.store_and_time)


def test_the_same_extension_sent_twice_is_one(casework, permit):
    sent = command(permit, key="k1")

    first = extend_deadline(sent, 2, "Skäl.", **casework.store_and_time)

    assert extend_deadline(sent, 2, "Skäl.", **casework.store_and_time) == first


def test_what_was_ordered_in_time_begins_the_period_when_it_has_come(casework, permit, receive, submission):
    request_supplement(command(permit), "Ritning.", date(2026, 12, 14), **casework.store_and_time)
    waiting = casework.now(permit).due_on
    casework.clock.move(days=7)
    receive(supplemented(submission, at=casework.clock()))

    assert (waiting, casework.now(permit).due_on) == (None, date(2027, 2, 8))
    requested, answered = casework.published(permit)[-2:]
    assert CaseSupplementRequested.open(requested).deadline.due_on is None
    assert CaseSupplemented.open(answered).deadline == CaseDeadline(date(2027, 2, 8), date(2026, 11, 30), moved=True)


def test_a_reopened_case_has_the_whole_time_again(casework, permit, alvdalen):
    decide(command(permit), decision_data(), alvdalen, **casework.store_and_time)
    casework.clock.move(days=98)

    reopen(command(permit), "Skrivfel.", **casework.store_and_time)

    assert casework.now(permit).due_on == date(2027, 5, 10)
    assert CaseReopened.open(casework.published(permit)[-1]).deadline.counted_from == date(2027, 3, 1)
