"""What routing's tests share: a store of each kind, the demo municipalities' casework, a way to hear events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.routing.actions.perform import CaseCommand
from services.routing.handlers import handlers
from services.routing.models import Case, FailedEvent, Inbox, Outbox
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.rules import versions
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.envelope import Event
from tests.builders import HandClock, a_submission, received
from tests.stores import migrated

MIGRATIONS = Path("services/routing/migrations")
MUNICIPALITIES = Path("municipalities")

ANNA = Officer("anna", "Anna Andersson", "2039", None)
ERIK = Officer("erik", "Erik Eriksson", "2039", frozenset({"TN"}))
SARA = Officer("sara", "Sara Svensson", "2409", None)

Hear = Callable[..., None]


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test moves."""
    return HandClock()


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """Routing's store, migrated and empty."""
    database = migrated(database_url, "routing")
    yield database
    database.engine.dispose()


@pytest.fixture
def organisations(store: Database, clock: HandClock) -> Mapping[str, Organisation]:
    """The demo municipalities' casework, adopted."""
    read = loader.load(MUNICIPALITIES)
    return {code: versions.adopt(each, sessions=store.sessions, now=clock()) for code, each in read.items()}


@pytest.fixture
def alvdalen(organisations: Mapping[str, Organisation]) -> Organisation:
    """One of them."""
    return organisations["2039"]


@pytest.fixture
def hear(store: Database, organisations: Mapping[str, Organisation], clock: HandClock) -> Hear:
    """Have routing hear events, as its consumer does."""
    tables = Tables(Outbox, Inbox, FailedEvent)
    processor = EventProcessor("routing", store.sessions, tables, handlers(organisations, clock), clock)

    def heard(*events: Event) -> None:
        for event in events:
            processor.handle([event])

    return heard


class Desk:
    """Routing's store with a case in it whenever a test asks for one."""

    def __init__(self, store: Database, hear: Hear, clock: HandClock) -> None:
        self.store, self.hear, self.clock = store, hear, clock

    @property
    def how(self) -> dict[str, Any]:
        """The store and the time, as use cases take them."""
        return {"sessions": self.store.sessions, "now": self.clock()}

    def a_case(self, municipality: str = "2039", **submitted: Any) -> Case:
        """A case as it is when it has just been registered."""
        submission = a_submission(**submitted)
        self.hear(received(submission, municipality=municipality))
        return only(self.store, Case, submission_id=submission.submission_id)

    def now(self, case: Case) -> Case:
        """The case as it is now."""
        return only(self.store, Case, id=case.id)

    def told(self, case: Case) -> list[Event]:
        """What routing has told of the case, on the exchange of events."""
        rows = everything(self.store, Outbox, subject=str(case.id), exchange="arende.events")
        return [Event.decode(row.body) for row in rows]


@pytest.fixture
def desk(store: Database, hear: Hear, clock: HandClock) -> Desk:
    """The store, the clock, and cases."""
    return Desk(store, hear, clock)


def command(case: Case, officer: Officer = ANNA, **more: Any) -> CaseCommand:
    """What the officer wishes for the case, seen at any version."""
    return replace(CaseCommand(officer, case.id), **more)


def ruling(reasons: str = "9 kap. 30 § PBL.", **said: Any) -> dict[str, Any]:
    """What an officer decides."""
    return {"outcome": "bifall", "reasons": reasons} | said


def everything(store: Database, table: type[Any], **having: Any) -> Sequence[Any]:
    """All rows of a table with these values, in the order of their keys."""
    with store.sessions() as session:
        return session.scalars(select(table).filter_by(**having).order_by(*table.__table__.primary_key)).all()


def only(store: Database, table: type[Any], **having: Any) -> Any:
    """The one row with these values."""
    [row] = everything(store, table, **having)
    return row
