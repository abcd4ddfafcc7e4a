"""A corrected address: later mails go there, and what had failed is sent there once."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from services.notify.contacts.correct import ContactNotKnownYet
from services.notify.contacts.models import Contact
from services.notify.delivery.models import Notification, NotificationState
from shared.database import Database
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived
from shared.events.routing import CaseAddressCorrected, CaseClosed, CaseDecided
from tests.builders import NOON, a_submission, case_event, received
from tests.notify import Receive, everything

NEW = "kim@example.net"
Corrected = Callable[..., Event]


def corrected(submission: SubmissionReceived, *, sequence: int = 9, email: str = NEW) -> Event:
    return case_event(CaseAddressCorrected, submission, sequence=sequence, email=email)


def states(store: Database) -> dict[str, tuple[str, int]]:
    return {each.message: (each.state, each.attempts) for each in everything(store, Notification)}


def set_state(store: Database, message: str, state: NotificationState) -> None:
    with store.sessions.begin() as session:
        ended = {"state": state, "attempts": 1, "next_attempt_at": None, "ended_at": NOON, "cause": "5.1.1"}
        session.execute(update(Notification).where(Notification.message == message).values(ended))


def test_what_failed_is_due_again_and_what_arrived_is_not(store: Database, receive: Receive) -> None:
    submission, another = a_submission(), a_submission()
    receive(received(submission), case_event(CaseDecided, submission), case_event(CaseClosed, another))
    set_state(store, "receipt", NotificationState.DELIVERED)
    set_state(store, "decided", NotificationState.FAILED)
    set_state(store, "closed", NotificationState.FAILED)

    receive(corrected(submission))

    assert states(store) == {"receipt": ("delivered", 1), "decided": ("due", 0), "closed": ("failed", 1)}
    assert [each.email for each in everything(store, Contact)] == [NEW]


def test_the_same_correction_twice_sends_nothing_twice(store: Database, receive: Receive) -> None:
    submission = a_submission()
    receive(received(submission))
    set_state(store, "receipt", NotificationState.FAILED)
    correction = corrected(submission)
    receive(correction)
    set_state(store, "receipt", NotificationState.FAILED)

    receive(correction)

    assert states(store) == {"receipt": ("failed", 1)}


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_several_corrections_the_last_counts_in_whichever_order_they_come(
    store: Database, receive: Receive, order: tuple[int, int]
) -> None:
    submission = a_submission()
    receive(received(submission))

    receive(*(corrected(submission, sequence=each, email=f"k{each}@example.net") for each in order))
    receive(received(submission))

    assert [each.email for each in everything(store, Contact)] == ["k2@example.net"]


def test_of_several_in_one_batch_too(store: Database, receive: Receive, receive_batch: Receive) -> None:
    submission = a_submission()
    receive(received(submission))

    receive_batch(*(corrected(submission, sequence=each, email=f"k{each}@example.net") for each in (2, 1)))

    assert [each.email for each in everything(store, Contact)] == ["k2@example.net"]


def test_a_correction_that_comes_before_its_submission_waits_for_it(store: Database, receive: Receive) -> None:
    with pytest.raises(ContactNotKnownYet):
        receive(corrected(a_submission()))
