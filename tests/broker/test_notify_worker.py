"""Notify's worker whole: from events on the bus to mail in a mailbox, and back to the bus."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from kombu import Queue
from sqlalchemy import select

from services.notify import worker
from services.notify.delivery.models import Notification
from services.notify.models import FailedEvent, Outbox
from services.notify.settings import Settings
from shared.bus import topology
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.supervisor import Supervisor
from shared.bus.topology import EVENTS_EXCHANGE, NOTIFY, Subscription
from shared.database import Database
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from shared.events.notify import NotificationDelivered
from shared.events.routing import CaseAddressCorrected, CaseClosed, CaseDecided, CaseRegistered
from tests.builders import a_submission, case_event, received
from tests.bus import eventually
from tests.stores import migrated

REAL = pytest.param("real", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])
SUBSCRIBER = Subscription("subscriber", ("notification.#",), late_after=3_600_000)


@dataclass(frozen=True)
class Installation:
    """An installation of notify."""

    settings: Settings
    database: Database

    @property
    def mails(self) -> list[tuple[str, str]]:
        """To whom and about what the mail is that was put in the mailbox."""
        files = (self.settings.mailbox or Path()).glob("*.eml")
        read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return sorted((str(each["To"]), str(each["Subject"])) for each in read)

    @property
    def subjects(self) -> list[str]:
        """The subjects of it."""
        return sorted(subject for _, subject in self.mails)

    def publish(self, *events: Event, keyring: Keyring | None = None) -> None:
        """Put events on the bus, as another service's relay does."""
        with Publisher(self.settings.broker_url) as publisher:
            publisher.publish(
                [Outgoing(EVENTS_EXCHANGE, event.routing_key, str(event.id), event.encode(keyring)) for event in events]
            )

    def states(self) -> list[str]:
        """The states of all notifications."""
        with self.database.sessions() as session:
            return list(session.scalars(select(Notification.state)))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Its worker, running on threads."""
        stop = threading.Event()
        threads = Supervisor(stop).start(worker.loops(self.settings))
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=20)


@pytest.fixture(params=["embedded", REAL])
def notify(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    database_url, broker_url = f"sqlite:///{tmp_path}/notify.sqlite", "memory://notify"
    if request.param == "real":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        database_url, broker_url = make(), request.getfixturevalue("broker_url")
    (tmp_path / "files").mkdir()
    settings = Settings(
        database_url=database_url,
        broker_url=broker_url,
        event_keys=(Fernet.generate_key().decode(),),
        public_url="https://e.example.se",
        secret_key="k" * 32,
        link_key="l" * 32,
        mail_files=tmp_path / "files",
        oidc_issuer="https://login.example.se",
        from_address="e@kommun.example",
        mailbox=tmp_path / "mailbox",
    )
    database = migrated(database_url, "notify")
    with topology.connect(broker_url) as connection:
        topology.declare(connection, NOTIFY)
        topology.declare(connection, SUBSCRIBER)
    yield Installation(settings, database)
    with topology.connect(broker_url) as connection:
        for queue in (SUBSCRIBER.queue, SUBSCRIBER.dead_letter_queue, NOTIFY.queue, NOTIFY.dead_letter_queue):
            connection.default_channel.queue_delete(queue)
    database.engine.dispose()


def published_by(notify: Installation) -> list[Event]:
    """The events that notify has published."""
    events = []
    with topology.connect(notify.settings.broker_url) as connection:
        bound = Queue(SUBSCRIBER.queue, no_declare=True)(connection.default_channel)
        while message := bound.get(no_ack=True):
            events.append(Event.decode(message.body, Keyring(notify.settings.event_keys)))
    return events


def test_mail_goes_out_about_a_submission_and_its_case_and_each_delivery_is_published(notify: Installation) -> None:
    submission = a_submission()
    events = [
        case_event(CaseRegistered, submission, sequence=1),
        received(submission),
        case_event(CaseDecided, submission, sequence=5),
        case_event(CaseClosed, submission, sequence=6),
    ]

    with notify.running():
        notify.publish(*events, *events)
        eventually(lambda: notify.states() == ["delivered"] * 4)
        eventually(lambda: _published(notify))

    assert notify.subjects == [
        "Beslut i ärende BN 2026-00042",
        "Ditt ärende BN 2026-00042 är avslutat",
        "Ditt ärende har fått nummer BN 2026-00042",
        "Vi har tagit emot: Ansökan om bygglov",
    ]
    events = published_by(notify)
    assert {event.name for event in events} == {NotificationDelivered.NAME}
    assert {NotificationDelivered.open(event).message for event in events} == {
        "receipt",
        "registered",
        "decided",
        "closed",
    }
    assert {event.subject for event in events} == {str(submission.submission_id)}


def test_what_failed_is_sent_once_to_the_corrected_address_and_what_follows_goes_there(notify: Installation) -> None:
    submission = a_submission(email="kim@[bounces]")
    correction = case_event(CaseAddressCorrected, submission, sequence=2, email="kim@example.net")

    with notify.running():
        notify.publish(received(submission), case_event(CaseRegistered, submission, sequence=1))
        eventually(lambda: notify.states() == ["failed"] * 2)
        notify.publish(correction, correction)
        eventually(lambda: notify.states() == ["delivered"] * 2)
        notify.publish(correction, case_event(CaseClosed, submission, sequence=3))
        eventually(lambda: notify.states() == ["delivered"] * 3)

    assert notify.mails == [
        ("kim@example.net", "Ditt ärende BN 2026-00042 är avslutat"),
        ("kim@example.net", "Ditt ärende har fått nummer BN 2026-00042"),
        ("kim@example.net", "Vi har tagit emot: Ansökan om bygglov"),
    ]


def test_an_encrypted_submission_gets_its_mail_too(notify: Installation) -> None:
    with notify.running():
        notify.publish(received(a_submission(secrecy="OSL 26:1")), keyring=Keyring(notify.settings.event_keys))
        eventually(lambda: notify.states() == ["delivered"])

    assert notify.subjects == ["Vi har tagit emot det du skickade in"]


def test_an_event_that_cannot_be_read_delays_no_mail(notify: Installation) -> None:
    submission = a_submission()
    broken = received(submission)
    broken.data.pop("reference")  # type: ignore[attr-defined]

    with notify.running():
        notify.publish(broken, received(a_submission()))
        eventually(lambda: notify.states() == ["delivered"])
        eventually(lambda: _failed(notify) == 1)


def _published(notify: Installation) -> bool:
    with notify.database.sessions() as session:
        return len(session.scalars(select(Outbox.id).where(Outbox.published_at.is_not(None))).all()) == 4


def _failed(notify: Installation) -> int:
    with notify.database.sessions() as session:
        return len(session.scalars(select(FailedEvent.id)).all())
