"""Whether the latest notification reached the submitter."""

from services.routing.cases.models import Case, JournalEntry
from tests.builders import a_submission, received
from tests.store.routing.casework import everything, only
from tests.store.routing.notifications import delivered, failed


def test_that_a_notification_failed_is_journaled_and_marked(casework, receive):
    submission = a_submission()
    receive(received(submission), failed(submission))

    case = only(casework.store, Case)
    last = everything(casework.store, JournalEntry, case_id=case.id)[-1]
    assert case.undelivered
    assert (last.action, last.data["message"], last.data["cause"]) == ("delivery_failed", "receipt", "mailbox_unknown")
    assert [event.name for event in casework.published(case)] == ["case.registered", "case.queued"]


def test_a_later_message_that_arrives_takes_the_mark_away_and_leaves_no_entry(casework, receive):
    submission = a_submission()
    receive(received(submission), failed(submission), delivered(submission, minutes=5))

    case = only(casework.store, Case)
    assert (case.undelivered, case.sequence) == (False, 3)


def test_an_older_message_that_arrived_does_not(casework, receive):
    submission = a_submission()
    receive(received(submission), failed(submission, minutes=5), delivered(submission))

    assert only(casework.store, Case).undelivered


def test_a_delivery_about_an_unknown_case_changes_nothing(store, receive):
    receive(delivered(a_submission()))

    assert everything(store, Case) == []
