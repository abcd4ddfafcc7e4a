"""Whether the latest notification reached the submitter."""

from itertools import permutations

import pytest

from services.routing.cases import journal
from services.routing.cases.models import Case, JournalEntry
from tests.builders import a_submission, received
from tests.store.routing.casework import everything, only
from tests.store.routing.notifications import delivered, failed
from tests.stores import statements


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


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
@pytest.mark.parametrize("latest", ["failed", "delivered"])
@pytest.mark.parametrize("together", [True, False])
def test_the_latest_decides_in_whatever_order_they_come(casework, receive, receive_together, order, latest, together):
    submission = a_submission()
    kinds = [delivered, failed, delivered] if latest == "delivered" else [failed, delivered, failed]
    receive(received(submission))
    events = [kinds[minute](submission, minutes=minute) for minute in order]

    (receive_together if together else receive)(*events)

    assert only(casework.store, Case).undelivered is (latest == "failed")


def test_a_failure_does_not_mark_a_case_when_a_later_message_arrived_before_the_case_was_registered(casework, receive):
    submission = a_submission()

    receive(delivered(submission, minutes=5), received(submission), failed(submission))

    assert not only(casework.store, Case).undelivered


def test_messages_that_arrive_cost_one_statement_for_all_and_change_no_case(store, receive_together):
    submissions = [a_submission() for _ in range(50)]
    receive_together(*map(received, submissions))
    of_batches = []

    for count in (1, 50):
        with statements(store.engine) as texts:
            receive_together(*(delivered(each, minutes=count) for each in submissions[:count]))
        of_batches.append(texts)

    assert [len(texts) for texts in of_batches] == [2, 2]
    assert not any("cases" in text for texts in of_batches for text in texts)


def test_failures_about_many_cases_and_about_one_are_journaled_in_a_chain_that_holds(store, receive_together):
    submissions = [a_submission() for _ in range(3)]
    receive_together(*map(received, submissions))

    receive_together(*(failed(each, minutes) for each in submissions for minutes in range(3)))

    for case in everything(store, Case):
        entries = everything(store, JournalEntry, case_id=case.id)
        assert (case.sequence, case.undelivered) == (5, True)
        assert journal.broken_at(entries, case.sequence) is None
