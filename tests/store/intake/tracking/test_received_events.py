"""Events received about submissions: none is lost, and what once was delivered stays so."""

import pytest
from sqlalchemy.event import listen

from services.intake import models
from services.intake.submissions.models import Submission
from services.intake.tracking.models import ReceivedEvent
from services.intake.tracking.received_events import UnknownSubmission
from shared.events import notify
from tests.store.intake.case_events import STEPS, case_events, notified
from tests.system.submissions import a_fault_report


def test_an_event_of_a_submission_that_is_not_here_is_not_lost(intake):
    submission = intake.submitted(a_fault_report())
    [event] = case_events(submission, STEPS[:1], municipality="2409")

    with pytest.raises(UnknownSubmission):
        intake.receive(event)

    assert intake.rows(models.Inbox) == intake.rows(ReceivedEvent) == []


@pytest.mark.parametrize("late", [False, True])
def test_what_was_delivered_stays_delivered(any_intake, late):
    submission = any_intake.submitted(a_fault_report())
    failed = notified(submission, notify.NotificationFailed, channel="smtp", cause="refused")
    delivered = notified(submission, channel="smtp")

    any_intake.receive(*([delivered, failed] if late else [failed, delivered]))

    [row] = any_intake.rows(Submission)
    assert row.receipt_outcome == "delivered"


def test_events_of_many_submissions_are_stored_by_the_statements_of_one(any_intake):
    one, *more = [any_intake.submitted(a_fault_report()) for _ in range(4)]
    run = []
    listen(any_intake.database.engine, "before_cursor_execute", lambda _, __, statement, *___: run.append(statement))

    any_intake.receive(*events_of(one))
    run_for_one = [*run]
    run.clear()
    any_intake.receive(*(event for each in more for event in events_of(each)))

    assert len(run) == len(run_for_one)
    assert of_intake(run) == of_intake(run_for_one), "of the same text, whatever the number of rows"
    assert len(of_intake(run)) == 2, "what is changed at all is changed at once, so in one order"
    assert {row.receipt_outcome for row in any_intake.rows(Submission)} == {"delivered"}
    assert None not in {row.registered_at for row in any_intake.rows(Submission)}
    assert len(any_intake.rows(ReceivedEvent)) == 20


def of_intake(statements):
    """Those of its own tables."""
    return [each for each in statements if "received_events" in each or "submissions" in each]


def events_of(submission):
    """What comes of a submission, from case and receipt."""
    return [*case_events(submission, STEPS), notified(submission, channel="smtp")]


def test_of_a_batch_with_an_event_of_a_submission_that_is_not_here_nothing_is_stored(any_intake):
    submission = any_intake.submitted(a_fault_report())
    [ours] = case_events(submission, STEPS[:1])
    [foreign] = case_events(submission, STEPS[1:2], municipality="2409")

    with pytest.raises(UnknownSubmission):
        any_intake.receive(ours, foreign)

    assert any_intake.rows(models.Inbox) == any_intake.rows(ReceivedEvent) == []
