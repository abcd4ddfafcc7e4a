"""The queue of what is due: who gets it, in which order, and for how long."""

from datetime import timedelta

from services.notify.delivery.queue import BATCH, LEASE, take_due
from shared.database import Database
from shared.events.routing import CaseRegistered
from tests.builders import HandClock, a_submission, case_event, received
from tests.notify import Receive, only


def test_the_longest_due_is_taken_first_and_no_more_than_a_batch(
    store: Database, receive: Receive, clock: HandClock
) -> None:
    submissions = [a_submission() for _ in range(BATCH + 1)]
    for submission in submissions:
        receive(received(submission, at=clock()))
        clock.move(seconds=1)

    leased = take_due(store, now=clock())

    assert [each.submission_id for each in leased] == [each.submission_id for each in submissions[:-1]]
    assert {each.attempt for each in leased} == {1}


def test_what_is_leased_is_taken_by_nobody_else_until_the_lease_ends(
    store: Database, receive: Receive, clock: HandClock
) -> None:
    receive(received(a_submission()))
    [first] = take_due(store, now=clock())

    assert take_due(store, now=clock() + LEASE - timedelta(seconds=1)) == []
    [second] = take_due(store, now=clock() + LEASE)

    assert first.id == second.id
    assert (first.attempt, second.attempt) == (1, 2)


def test_what_has_no_contact_yet_is_not_taken(store: Database, receive: Receive, clock: HandClock) -> None:
    receive(case_event(CaseRegistered, a_submission()))

    assert take_due(store, now=clock()) == []
    assert only(store).state == "due"


def test_what_is_not_due_yet_is_not_taken(store: Database, receive: Receive, clock: HandClock) -> None:
    receive(received(a_submission(), at=clock()))

    assert take_due(store, now=clock() - timedelta(seconds=1)) == []
