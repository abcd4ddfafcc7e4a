"""What the law gives a submitter who waits long: word of a delay (FL 11 §), a request for a decision (FL 12 §)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.reject_decision_request import reject_decision_request
from services.routing.actions.report_delay import report_delay
from services.routing.actions.request_decision import request_decision
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, JournalEntry
from services.routing.models import FailedEvent
from shared.events.routing import CaseDecisionRequested, CaseDecisionRequestRejected, CaseDelayed
from shared.swedish.law import DeadlineUnit, LegalRegime
from tests.builders import a_submission, decision_requested, received
from tests.store.routing.casework import command, decision_data, everything, handling_with_deadline, only

YEAR = replace(handling_with_deadline(1).deadline, amount=12, unit=DeadlineUnit.MONTHS)
AFTER_SIX_MONTHS = 190


@pytest.fixture
def slow(casework):
    """A case that has taken more than six months of twelve, and is Anna's."""
    case = casework.a_case(handling=replace(a_submission().handling, deadline=YEAR))
    claim(command(case), **casework.store_and_time)
    casework.clock.move(days=AFTER_SIX_MONTHS)
    return case


def test_a_request_has_four_weeks_of_its_own(casework, slow):
    request_decision(command(slow), date(2027, 6, 1), **casework.store_and_time)

    assert casework.now(slow).due_on == date(2027, 6, 29)
    published = CaseDecisionRequested.open(casework.published(slow)[-1])
    assert (published.received_on, published.answer_by) == (date(2027, 6, 1), date(2027, 6, 29))
    assert published.deadline.due_on == date(2027, 11, 23)


def test_a_rejection_can_be_appealed_and_ends_the_four_weeks(casework, slow, alvdalen):
    request_decision(command(slow), date(2027, 6, 1), **casework.store_and_time)

    reject_decision_request(command(slow), "Utredningen pågår.", None, alvdalen, **casework.store_and_time)

    assert casework.now(slow).due_on == date(2027, 11, 23)
    published = CaseDecisionRequestRejected.open(casework.published(slow)[-1])
    assert (published.decided_by, published.appeal.name["sv"]) == ("Anna Andersson", "Länsstyrelsen i Dalarnas län")
    with pytest.raises(InvalidInput):
        reject_decision_request(command(slow), "Igen.", None, alvdalen, **casework.store_and_time)


@pytest.mark.parametrize(
    ("regime", "received_on"),
    [(LegalRegime.FORVALTNINGSLAGEN, date(2027, 5, 23)), (LegalRegime.LAGLIGHETSPROVNING, date(2027, 6, 1))],
)
def test_there_is_no_such_right_before_six_months_or_under_another_law(casework, regime, received_on):
    case = casework.a_case(regime=regime)
    casework.clock.move(days=AFTER_SIX_MONTHS)

    with pytest.raises(InvalidInput):
        request_decision(command(case), received_on, **casework.store_and_time)


def test_there_is_no_such_right_for_who_is_no_party(casework):
    case = casework.a_case(handling=replace(a_submission().handling, submitter_is_party=False))
    casework.clock.move(days=AFTER_SIX_MONTHS)

    with pytest.raises(InvalidInput):
        request_decision(command(case), date(2027, 6, 1), **casework.store_and_time)


def test_a_delay_is_notified_with_its_reason_and_moves_no_deadline(casework, slow):
    report_delay(command(slow), "Många ärenden.", date(2027, 9, 1), **casework.store_and_time)

    published = CaseDelayed.open(casework.published(slow)[-1])
    assert (published.reason, published.expected_on) == ("Många ärenden.", date(2027, 9, 1))
    assert casework.now(slow).due_on == date(2027, 11, 23)


@pytest.fixture
def submission(casework, receive):
    """A submission whose case has taken more than six months of twelve, and is Anna's."""
    submission = a_submission(handling=replace(a_submission().handling, deadline=YEAR))
    receive(received(submission))
    claim(command(only(casework.store, Case)), **casework.store_and_time)
    casework.clock.move(days=AFTER_SIX_MONTHS)
    return submission


def last_entry(casework):
    return everything(casework.store, JournalEntry)[-1]


def test_a_submitters_request_is_registered_as_their_own_as_of_the_day_it_was_sent(casework, receive, submission):
    sent = decision_requested(submission, at=casework.clock() - timedelta(days=1))

    receive(sent, sent)

    case = only(casework.store, Case)
    assert (case.state, case.due_on) == ("assigned", date(2027, 6, 28))
    entry = last_entry(casework)
    assert (entry.action, entry.actor_subject, entry.data["received_on"]) == ("request_decision", None, "2027-05-31")
    [published] = [each for each in casework.published(case) if each.name == CaseDecisionRequested.NAME]
    assert CaseDecisionRequested.open(published).answer_by == date(2027, 6, 28)


def test_a_second_request_is_noted_and_changes_nothing(casework, receive_together, submission):
    requests = [decision_requested(submission, at=casework.clock() - timedelta(days=1)) for _ in range(2)]

    receive_together(*requests)

    case = only(casework.store, Case)
    assert case.due_on == date(2027, 6, 28)
    actions = [each.action for each in everything(casework.store, JournalEntry)]
    assert actions[-2:] == ["request_decision", "decision_request_without_effect"]
    assert len([each for each in casework.published(case) if each.name == CaseDecisionRequested.NAME]) == 1
    assert everything(casework.store, FailedEvent) == []


def test_a_request_in_a_case_that_was_decided_meanwhile_is_noted(casework, receive, submission, alvdalen):
    decide(command(only(casework.store, Case)), decision_data(), alvdalen, **casework.store_and_time)

    receive(decision_requested(submission, at=casework.clock()))

    assert only(casework.store, Case).state == "decided"
    assert last_entry(casework).action == "decision_request_without_effect"
    assert casework.published(only(casework.store, Case))[-1].name == "case.decided"
    assert everything(casework.store, FailedEvent) == []
