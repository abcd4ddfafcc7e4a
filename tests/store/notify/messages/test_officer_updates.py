"""The mail to an officer about what is new: once, to the address of the latest event, and nobody else's concern."""

from uuid import uuid4

from services.notify.channels.mailbox import Mailbox
from services.notify.contacts.models import Contact
from services.notify.delivery.models import Notification
from services.notify.delivery.notification_list import newest
from services.notify.models import Outbox
from shared.events.routing import OfficerUpdatesFound
from tests.builders import NOON
from tests.notify import everything

OFFICER = uuid4()


def found(email="anna@example.org", numbers=("TN 2026-00042",), others=0, language="sv"):
    """The event that something is new for the officer."""
    payload = OfficerUpdatesFound(OFFICER, email, language, list(numbers), others, NOON)
    return payload.event(subject=OFFICER, municipality="2039", sequence=0, at=NOON)


def test_it_names_cases_and_links_to_the_desk_and_has_nothing_of_what_is_in_them(
    store, receive, dispatcher_of, tmp_path
):
    event = found(others=2)
    receive(event, event)

    assert dispatcher_of(Mailbox(tmp_path / "mailbox")).deliver_batch() == 1

    [mail] = [path.read_text() for path in (tmp_path / "mailbox").rglob("*") if path.is_file()]
    assert "To: anna@example.org" in mail
    assert "- TN 2026-00042" in mail
    assert "https://e.example.se/desk/new" in mail
    assert "2 =C3=A4renden till" in mail
    assert "/arenden/" not in mail


def test_no_event_is_published_of_it_and_no_officer_sees_it_in_a_list(store, receive, dispatcher_of, tmp_path):
    receive(found(language="en", numbers=(), others=1))

    dispatcher_of(Mailbox(tmp_path / "mailbox")).deliver_batch()

    [notification] = everything(store, Notification)
    assert notification.state == "delivered"
    assert everything(store, Outbox) == []
    assert newest(store.sessions, "2039", None, limit=10).items == []


def test_the_next_goes_to_the_address_of_the_latest_event(store, receive):
    receive(found(), found("eva@example.org"))

    [contact] = everything(store, Contact)
    assert contact.email == "eva@example.org"
