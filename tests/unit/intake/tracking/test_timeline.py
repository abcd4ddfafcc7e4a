"""Where a submission stands, by its events."""

from datetime import date
from uuid import uuid4

import pytest

from services.intake.tracking.timeline import State, known_regime
from shared.events import routing
from shared.swedish.law import LegalRegime
from tests.unit.intake.tracking.timelines import (
    ASSIGNED,
    CLOSED,
    DECIDED,
    QUEUED,
    REGISTERED,
    REOPENED,
    REQUESTED,
    a_file,
    a_supplement,
    a_timeline,
    case_event,
)

RELEASED = case_event(routing.CaseReleased, "queued")
TRANSFERRED = case_event(routing.CaseTransferred, "queued", board_name={"sv": "tekniska nämnden"})


def test_before_any_event_it_is_received():
    timeline = a_timeline()

    assert (timeline.state, timeline.case_number, timeline.board_name) == (State.RECEIVED, None, None)
    assert (timeline.queue, timeline.officer, timeline.requests, timeline.decision) == (None, None, [], None)
    assert (timeline.deadline, timeline.decision_request) == (None, None)
    assert not timeline.is_reopened


@pytest.mark.parametrize(
    ("case", "state"),
    [
        ([REGISTERED], State.QUEUED),
        ([REGISTERED, QUEUED, ASSIGNED], State.ASSIGNED),
        ([REGISTERED, REQUESTED], State.AWAITING_SUPPLEMENT),
        ([REGISTERED, DECIDED], State.DECIDED),
        ([REGISTERED, DECIDED, CLOSED], State.CLOSED),
        ([REGISTERED, DECIDED, CLOSED, REOPENED], State.ASSIGNED),
    ],
)
def test_the_state_is_that_after_the_last_event(case, state):
    assert a_timeline(*case).state is state


@pytest.mark.parametrize(
    ("case", "officer"),
    [
        ([REGISTERED, QUEUED], None),
        ([REGISTERED, ASSIGNED], "Anna Andersson"),
        ([REGISTERED, ASSIGNED, REQUESTED], "Anna Andersson"),
        ([REGISTERED, ASSIGNED, RELEASED], None),
        ([REGISTERED, ASSIGNED, TRANSFERRED], None),
        ([REGISTERED, ASSIGNED, DECIDED, REOPENED], "Erik Eriksson"),
    ],
)
def test_the_officer_is_who_has_the_case_now(case, officer):
    assert a_timeline(*case).officer == officer


def test_board_and_queue_are_those_of_the_last_transfer():
    before, after = a_timeline(REGISTERED, QUEUED), a_timeline(REGISTERED, QUEUED, TRANSFERRED, ASSIGNED)

    assert (before.board_name["sv"], before.queue.queue) == ("byggnadsnämnden", "bygglov")
    assert (after.board_name["sv"], after.queue.queue) == ("tekniska nämnden", "bygglov-norr")


@pytest.mark.parametrize(("minutes", "is_open"), [(3, True), (4, False), (5, False)])
def test_a_request_is_open_until_a_supplement_comes_after_it(minutes, is_open):
    timeline = a_timeline(REGISTERED, REQUESTED, supplements=[a_supplement(minutes)])

    assert (timeline.requests == [REQUESTED]) == is_open


FIRST, SECOND = uuid4(), uuid4()
FIRST_REQUEST = case_event(
    routing.CaseSupplementRequested, "awaiting_supplement", 4, request_id=FIRST, answer_by=date(2026, 12, 21)
)
SECOND_REQUEST = case_event(routing.CaseSupplementRequested, "awaiting_supplement", 6, request_id=SECOND)


def answer_to(*requests, minutes=8):
    return case_event(routing.CaseSupplemented, "awaiting_supplement", minutes, answered=list(requests))


@pytest.mark.parametrize(
    ("later", "still_open"),
    [
        ([], [SECOND_REQUEST, FIRST_REQUEST]),
        ([answer_to(FIRST)], [SECOND_REQUEST]),
        ([answer_to()], [SECOND_REQUEST, FIRST_REQUEST]),
        ([answer_to(FIRST, SECOND)], []),
        ([case_event(routing.CaseSupplementRequestWithdrawn, "assigned", 8, request_id=SECOND)], [FIRST_REQUEST]),
        (
            [case_event(routing.CaseTransferred, "queued", 8, answer_by=date(2026, 12, 14))],
            [SECOND_REQUEST, FIRST_REQUEST],
        ),
        ([case_event(routing.CaseDecided, "decided", 8), REOPENED], []),
        ([case_event(routing.CaseSupplemented, "assigned", 8)], []),  # an earlier version said no more
        ([TRANSFERRED], []),  # it then dropped the request
    ],
)
def test_each_request_is_open_until_it_is_answered_withdrawn_or_decided_without(later, still_open):
    assert a_timeline(REGISTERED, FIRST_REQUEST, SECOND_REQUEST, *later).requests == still_open


def test_a_supplement_answers_no_request_that_came_after_it():
    timeline = a_timeline(REGISTERED, FIRST_REQUEST, SECOND_REQUEST, supplements=[a_supplement(5)])

    assert timeline.requests == [SECOND_REQUEST]


def test_the_deadline_is_that_of_the_last_event_that_has_one():
    moved = routing.CaseDeadline(date(2027, 3, 1), date(2026, 12, 21))
    answered = case_event(routing.CaseSupplemented, "assigned", 8, deadline=moved)

    assert a_timeline(REGISTERED).deadline.due_on == date(2027, 2, 1)
    assert a_timeline(REGISTERED, FIRST_REQUEST, answered, ASSIGNED).deadline == moved


def test_a_request_for_a_decision_waits_until_it_is_answered():
    asked = case_event(routing.CaseDecisionRequested, "assigned", 8)
    refused = case_event(routing.CaseDecisionRequestRejected, "assigned", 9)

    assert a_timeline(REGISTERED, asked).decision_request is asked
    assert a_timeline(REGISTERED, asked, refused).decision_request is None
    assert a_timeline(REGISTERED, asked, DECIDED).decision_request is None


def test_a_decision_stands_in_a_case_taken_up_again_until_there_is_another():
    other = case_event(routing.CaseDecided, "decided", 9, outcome="bifall")

    assert a_timeline(REGISTERED, DECIDED, REOPENED).decision is DECIDED
    assert a_timeline(REGISTERED, DECIDED, REOPENED).is_reopened
    assert a_timeline(REGISTERED, DECIDED, REOPENED, other).decision is other
    assert not a_timeline(REGISTERED, DECIDED, CLOSED).is_reopened


def test_files_are_those_of_the_submission_or_of_a_supplement():
    supplement = a_supplement(5)
    plan, more = a_file("plan.pdf"), a_file("mer.pdf", supplement.id)
    timeline = a_timeline(supplements=[supplement], files=[plan, more])

    assert (timeline.files_of(None), timeline.files_of(supplement.id)) == ([plan], [more])


def test_a_regime_that_is_not_known_is_none():
    assert known_regime("laglighetsprovning") is LegalRegime.LAGLIGHETSPROVNING
    assert known_regime("europarattslig") is None
