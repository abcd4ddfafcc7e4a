"""Fixtures of routing's tests: a store of each kind, the demo municipalities' casework, received events."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select

from services.routing.actions.claim import claim
from services.routing.actions.note import note
from services.routing.cases.models import Case
from services.routing.context import RoutingContext
from services.routing.models import FailedEvent, Inbox, Outbox
from services.routing.organisation import loader
from services.routing.organisation.loader import Casework as LiveCasework
from services.routing.organisation.organisation import Organisation
from services.routing.rules import versions
from services.routing.rules.models import RuleSet
from services.routing.worker import handlers
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.envelope import Event
from shared.files.storage import Storage
from shared.live import Live
from tests.builders import NOON, HandClock
from tests.openid import Provider, a_provider
from tests.store.routing.casework import ESERVICES, LINK_KEY, MUNICIPALITIES, Casework, Receive, command
from tests.stores import a_folder, migrated

MOST_IN_BULK = 20


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test moves."""
    return HandClock()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """An OpenID provider."""
    with a_provider() as provider:
        yield provider


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """Routing's store, migrated and empty."""
    database = migrated(database_url, "routing")
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def read() -> Mapping[str, Organisation]:
    """The demo municipalities' casework, as it stands in the files."""
    return loader.load(MUNICIPALITIES, ESERVICES)


@pytest.fixture(scope="session")
def adopted(
    read: Mapping[str, Organisation], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mapping[str, Organisation], Sequence[Mapping[str, Any]]]:
    """It, adopted in a store of its own, and the rows that it has there."""
    store = migrated(f"sqlite:///{tmp_path_factory.mktemp('adopted')}/store.sqlite", "routing")
    organisations = {code: versions.adopt(each, sessions=store.sessions, now=NOON) for code, each in read.items()}
    with store.engine.connect() as connection:
        rows = [row._asdict() for row in connection.execute(select(RuleSet.__table__))]
    store.engine.dispose()
    return organisations, rows


@pytest.fixture
def organisations(
    adopted: tuple[Mapping[str, Organisation], Sequence[Mapping[str, Any]]], store: Database, clock: HandClock
) -> Mapping[str, Organisation]:
    """It, adopted."""
    organisations, rows = adopted
    with store.sessions.begin() as session:
        session.execute(insert(RuleSet), [{**row, "adopted_at": clock()} for row in rows])
    return organisations


@pytest.fixture
def alvdalen(organisations: Mapping[str, Organisation]) -> Organisation:
    """One of them."""
    return organisations["2039"]


@pytest.fixture
def receive_together(store: Database, organisations: Mapping[str, Organisation], clock: HandClock) -> Receive:
    """Has routing receive events and handle them in one batch, as its consumer does."""
    tables = Tables(Outbox, Inbox, FailedEvent)
    processor = EventProcessor("routing", store.sessions, tables, handlers(lambda: organisations, clock), clock)

    def handle(*events: Event) -> None:
        processor.handle(events)

    return handle


@pytest.fixture
def receive(receive_together: Receive) -> Receive:
    """Has it handle each event alone."""

    def handle(*events: Event) -> None:
        for event in events:
            receive_together(event)

    return handle


@pytest.fixture
def casework(store: Database, receive: Receive, clock: HandClock) -> Casework:
    """The store, the clock, and cases."""
    return Casework(store, receive, clock)


@pytest.fixture(scope="session")
def live() -> Live[LiveCasework]:
    """The demo municipalities' casework, as processes have it."""
    return loader.live(MUNICIPALITIES, ESERVICES)


@pytest.fixture
def context(store: Database, clock: HandClock, live: Live[LiveCasework]) -> RoutingContext:
    """What routing's processes share."""
    documents = Storage(a_folder())
    return RoutingContext(store.sessions, live, clock, "https://e.example.se", LINK_KEY, MOST_IN_BULK, documents)


@pytest.fixture
def claimed(casework: Casework) -> Case:
    """A case that Anna has claimed."""
    case = casework.a_case()
    claim(command(case), **casework.store_and_time)
    return case


@pytest.fixture
def case(casework: Casework, claimed: Case) -> Case:
    """A case that Anna has claimed and written a note in."""
    note(command(claimed), "Ringde sökanden, 3,50 m och ”citat” 🏠.", **casework.store_and_time)
    return casework.now(claimed)
