"""What notify's tests with a store share: the store, a way to receive events, a mail server, dispatchers, and a
receiver of mail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.notify.channels.channel import Channel
from services.notify.channels.mail_builder import MailBuilder
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.recipient_limit import RecipientLimit
from services.notify.inbound.receive import Receiver
from services.notify.inbound.reply_addresses import ReplyAddresses
from services.notify.mail_files import handlers as mail_files
from services.notify.mail_files.take import FileTaker, MailFileLimits
from services.notify.messages import choice
from services.notify.messages.handlers import EVENTS_WITH_MESSAGE, handlers
from services.notify.messages.render import available_messages
from services.notify.models import FailedEvent, Inbox, Outbox
from shared import municipalities
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.envelope import Event
from shared.files.storage import Storage
from tests.builders import HandClock
from tests.mail_server import MailServer, a_mail_server
from tests.notify import FROM_ADDRESS, Receive, a_mail_builder
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
    of_all = (*handlers(messages), *mail_files.handlers())
    processor = EventProcessor("notify", store.sessions, tables, of_all, clock)
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


@pytest.fixture
def files(store: Database, tmp_path: Path) -> FileTaker:
    """Takes the files of mails, which are not scanned."""
    (tmp_path / "files").mkdir()
    return FileTaker(
        Storage(tmp_path / "files"),
        store.sessions,
        MailFileLimits(of_file=25, of_case=100, without_case=300, in_all=2_000),
    )


@pytest.fixture
def receiver(store: Database, clock: HandClock, files: FileTaker) -> Receiver:
    """Receives mail to the municipalities of the repository."""
    known = municipalities.load(Path("municipalities")).values()
    return Receiver(store.sessions, lambda: list(known), ReplyAddresses("k" * 32), FROM_ADDRESS, clock, files)
