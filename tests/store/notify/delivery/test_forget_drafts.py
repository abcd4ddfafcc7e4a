"""Reminders to those who have a draft: sent as other mail is, seen by no officer, forgotten as the e-service closes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from services.notify.contacts.models import Contact
from services.notify.delivery import forget_drafts as forgetting
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.forget_drafts import forget_drafts
from services.notify.delivery.models import Delivery, Notification
from services.notify.delivery.notification_list import newest
from services.notify.models import Outbox
from shared.database import Database
from tests.builders import NOON, HandClock, a_submission, draft_closing, received
from tests.mail_server import MailServer
from tests.notify import Receive, everything


def test_a_reminder_is_sent_to_the_drafts_address_and_gives_no_event_about_a_submission(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    event = draft_closing()

    receive(event, replace(event, id=event.id))
    dispatcher.deliver_batch()

    [mail] = mail_server.mails
    assert "feriejobb" in mail.as_string()
    assert everything(store, Outbox) == []


def test_an_address_given_later_takes_the_place_of_the_one_before(store: Database, receive: Receive) -> None:
    first = draft_closing()
    draft_id = first.data["draft_id"]

    receive(first, draft_closing(draft_id=draft_id, days=1, email="robin@example.org"))

    [contact] = everything(store, Contact)
    assert contact.email == "robin@example.org"
    assert len(everything(store, Notification)) == 2


def test_no_officer_sees_what_was_sent_about_a_draft(store: Database, receive: Receive) -> None:
    receive(draft_closing(), received(a_submission()))

    for boards in (None, frozenset({"BN", ""})):
        listed = newest(store.sessions, "2039", boards, limit=10)
        assert [each.notification.message for each in listed.items] == ["receipt"]


def test_the_contact_of_a_draft_and_what_was_sent_to_it_end_as_the_e_service_closes(
    store: Database, receive: Receive, dispatcher: Dispatcher, clock: HandClock
) -> None:
    receive(draft_closing(), received(a_submission()))
    dispatcher.deliver_batch()

    assert forget_drafts(store.sessions, NOON + timedelta(days=6)) == 0
    assert forget_drafts(store.sessions, NOON + timedelta(days=7)) == 1

    assert [each.message for each in everything(store, Notification)] == ["receipt"]
    assert len(everything(store, Contact)) == len(everything(store, Delivery)) == 1


def test_many_are_forgotten_in_several_transactions(
    store: Database, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(*(draft_closing(draft_id=str(uuid4()), email=f"{number}@example.org") for number in range(3)))
    monkeypatch.setattr(forgetting, "FORGOTTEN_AT_ONCE", 2)

    with commits(store) as count:
        assert forget_drafts(store.sessions, NOON + timedelta(days=7)) == 3

    assert (count(), everything(store, Contact)) == (3, [])


@contextmanager
def commits(store: Database) -> Iterator[Callable[[], int]]:
    """How many transactions have been committed meanwhile."""
    found: list[object] = []

    def note(connection: object) -> None:
        found.append(connection)

    event.listen(store.engine, "commit", note)
    try:
        yield lambda: len(found)
    finally:
        event.remove(store.engine, "commit", note)
