"""What notify's tests with a store share: the store, a way to receive events, a mail server, and dispatchers."""

from collections.abc import Callable, Iterator

import pytest

from services.notify.channels.channel import Channel
from services.notify.channels.mail_builder import MailBuilder
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.recipient_limit import RecipientLimit
from services.notify.messages import choice
from services.notify.messages.handlers import EVENTS_WITH_MESSAGE, handlers
from services.notify.messages.render import available_messages
from services.notify.models import FailedEvent, Inbox, Outbox
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.envelope import Event
from tests.builders import HandClock
from tests.mail_server import MailServer, a_mail_server
from tests.notify import Receive, a_mail_builder
from tests.stores import migrated

SHORT_SECONDS = 0.05


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
def receive_batch(store: Database, clock: HandClock) -> Receive:
    """Has notify receive events in one batch, as its worker does."""
    tables = Tables(Outbox, Inbox, FailedEvent)
    messages = choice.load(choice.FILE, events=EVENTS_WITH_MESSAGE, templates=available_messages())
    processor = EventProcessor("notify", store.sessions, tables, handlers(messages), clock)
    return lambda *events: processor.handle(events)


@pytest.fixture
def receive(receive_batch: Receive) -> Receive:
    """Has notify receive events, each in a batch of its own."""

    def receive(*events: Event) -> None:
        for event in events:
            receive_batch(event)

    return receive


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server."""
    with a_mail_server() as server:
        yield server


@pytest.fixture
def mail_builder() -> MailBuilder:
    """The builder of mail."""
    return a_mail_builder()


@pytest.fixture
def dispatcher_of(store: Database, mail_builder: MailBuilder, clock: HandClock) -> Callable[[Channel], Dispatcher]:
    """Makes dispatchers on the store."""
    unlimited = RecipientLimit(unlimited_domains=frozenset({"example.org"}))
    return lambda channel: Dispatcher(
        "dispatcher", store, channel, mail_builder, clock, unlimited, longest_sleep=SHORT_SECONDS
    )
