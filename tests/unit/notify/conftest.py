"""What notify's tests share: a store of each kind, a way to hear events, and a dispatcher."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.notify.channels.channel import Channel
from services.notify.channels.mail_builder import MailBuilder
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.messages import choice, render
from services.notify.messages.handlers import HEARD, handlers
from services.notify.models import FailedEvent, Inbox, Notification, Outbox
from shared import municipalities
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.envelope import Event
from tests.builders import HandClock
from tests.stores import migrated
from tests.unit.notify.post_office import PostOffice, a_post_office

MIGRATIONS = Path("services/notify/migrations")
PUBLIC_URL = "https://e.example.se"
SENDER = "e-tjanster@kommun.example"

Hear = Callable[..., None]


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test moves."""
    return HandClock()


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """Notify's store, migrated and empty."""
    database = migrated(database_url, "notify")
    yield database
    database.engine.dispose()


@pytest.fixture
def hear(store: Database, clock: HandClock) -> Hear:
    """Have notify hear events, as its consumer does."""
    tables = Tables(Outbox, Inbox, FailedEvent)
    table = handlers(choice.load(choice.FILE, events=HEARD, templates=render.available()))
    processor = EventProcessor("notify", store.sessions, tables, table, clock)

    def heard(*events: Event) -> None:
        for event in events:
            processor.handle([event])

    return heard


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with a_post_office() as office:
        yield office


@pytest.fixture
def post() -> MailBuilder:
    """What all mail has in common."""
    tenants = municipalities.load(Path("municipalities"))
    return MailBuilder(SENDER, PUBLIC_URL, {each.code: each for each in tenants.values()})


@pytest.fixture
def dispatcher_of(store: Database, post: MailBuilder, clock: HandClock) -> Callable[[Channel], Dispatcher]:
    """Makes dispatchers on the store."""
    return lambda channel: Dispatcher("dispatcher", store, channel, post, clock)


def everything(store: Database, table: type[Any], **having: Any) -> Sequence[Any]:
    """All rows of a table with these values."""
    with store.sessions() as session:
        return session.scalars(select(table).filter_by(**having)).all()


def only(store: Database, **having: Any) -> Notification:
    """The one notification with these values."""
    [notification] = everything(store, Notification, **having)
    return notification  # type: ignore[no-any-return]
