"""Events received about submissions: none is lost, and what once was delivered stays so."""

import pytest

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
