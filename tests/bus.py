"""The smallest service, to test the bus with: it publishes greetings and stores those that it receives."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from cryptography.fernet import Fernet
from sqlalchemy import Text, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.bus import outbox, topology
from shared.bus.event_processor import EventHandler, EventProcessor, Handlers, OpenedEvent, Tables
from shared.bus.notifier import create_notify_trigger
from shared.bus.supervisor import Supervisor
from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns, ReconciliationColumns
from shared.bus.worker import bus_loops
from shared.clock import utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from shared.events.payloads import EventPayload
from shared.settings import EventTimes

KEYRING = Keyring((Fernet.generate_key().decode(),))


class Base(DeclarativeBase):
    """The greeter's tables."""


class Outbox(OutboxColumns, Base):
    """Its outbox."""


class Inbox(InboxColumns, Base):
    """Its inbox."""


class FailedEvent(FailedEventColumns, Base):
    """What it could not handle."""


class Reconciliation(ReconciliationColumns, Base):
    """How far it is known who has its greetings."""


class Greeting(Base):
    """One greeting that was handled."""

    __tablename__ = "greetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)


# No test's event is late for the machine's slowness.
GREETER = topology.Subscription("greeter", ("greeting.#",), late_after=3_600_000)
TABLES = Tables(Outbox, Inbox, FailedEvent)


@dataclass(frozen=True)
class Greeted(EventPayload):
    """Somebody greeted."""

    NAME: ClassVar[str] = "greeting.given"
    SOURCE: ClassVar[str] = "/arende/greeter"

    words: str


def a_greeting(words: str = "God dag") -> Event:
    """An event with these words."""
    now = datetime.now(UTC)
    return Greeted(words).event(subject=uuid4(), municipality="2039", sequence=1, at=now)


@dataclass
class Greeter:
    """The service, running: `on_greeting` can be set to what its handler does before it stores the words."""

    database: Database
    broker_url: str
    keyring: Keyring = KEYRING
    on_greeting: Callable[[str], None] = lambda words: None
    handling_queues: tuple[str, ...] = ()
    subscription: topology.Subscription = GREETER

    def publish(self, *events: Event, secret: bool = False) -> None:
        """Record the events in one transaction."""
        with self.database.sessions.begin() as session:
            for event in events:
                outbox.record(session, Outbox, event, secret=secret)

    def received(self) -> list[str]:
        """The words of the events that were handled, in that order."""
        return self._all(select(Greeting.words).order_by(Greeting.id))

    def failed(self) -> list[FailedEvent]:
        """The failed events."""
        return self._all(select(FailedEvent))

    def unpublished(self) -> int:
        """How many events the relay has not marked."""
        with self.database.sessions() as session:
            waiting = select(func.count()).where(Outbox.published_at.is_(None))
            return session.scalar(waiting) or 0

    def bodies(self) -> list[str]:
        """The bodies in its outbox."""
        return self._all(select(Outbox.body))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Its worker at work, on threads."""
        stop = threading.Event()
        threads = Supervisor(stop).start(self.loops())
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=10)

    def loops(self) -> list[Any]:
        """The worker's loops."""
        return bus_loops(
            database=self.database,
            broker_url=self.broker_url,
            keyring=self.keyring,
            subscription=self.subscription,
            tables=TABLES,
            progress=Reconciliation,
            handlers=self._handlers(),
            times=EventTimes(),
            clock=utc_now,
            handling_queues=lambda: self.handling_queues,
        )

    def processor(self) -> EventProcessor:
        """How it handles events."""
        return EventProcessor("greeter", self.database.sessions, TABLES, self._handlers(), utc_now)

    def _handlers(self) -> Handlers:
        return (EventHandler((Greeted,), self._handle),)

    def _handle(self, session: Session, opened: Sequence[OpenedEvent[Greeted]]) -> None:
        for each in opened:
            self.on_greeting(each.payload.words)
            session.add(Greeting(words=each.payload.words))

    def _all(self, statement: Any) -> list[Any]:
        with self.database.sessions() as session:
            return list(session.scalars(statement))


def a_greeter(database_url: str, broker_url: str, subscription: topology.Subscription = GREETER) -> Greeter:
    """A greeter with an empty store."""
    database = connect(database_url)
    with topology.connect(broker_url) as connection:
        topology.declare(connection, subscription)
    Base.metadata.create_all(database.engine)
    with database.engine.begin() as connection:
        create_notify_trigger(_Operations(connection), "outbox")
    return Greeter(database, broker_url, subscription=subscription)


def eventually(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until it holds; AssertionError when it never does."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.02)


@dataclass(frozen=True)
class _Operations:
    """What Alembic's `op` offers a migration, on a plain connection."""

    connection: Any

    def get_bind(self) -> Any:
        return self.connection

    def execute(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement)
