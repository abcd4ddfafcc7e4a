"""Fixtures of the tests of many cases at once: the casework as a worker has it, and the loop that performs jobs."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from services.routing.bulk.models import BulkJob
from services.routing.bulk.order import Order, place
from services.routing.bulk.perform_jobs import JobPerformer
from services.routing.bulk.selections import ChosenCase
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.organisation import loader
from services.routing.organisation.loader import Casework as LiveCasework
from shared.database import Database
from shared.files.storage import Storage
from shared.live import Live
from tests.builders import HandClock
from tests.store.routing.casework import ANNA, ESERVICES, LINK_KEY, MUNICIPALITIES, Casework
from tests.stores import a_folder

MOST = 20


@pytest.fixture(scope="session")
def live() -> Live[LiveCasework]:
    """The demo municipalities' casework, as processes have it."""
    return loader.live(MUNICIPALITIES, ESERVICES)


@pytest.fixture
def context(store: Database, clock: HandClock, live: Live[LiveCasework]) -> RoutingContext:
    """What routing's processes share."""
    documents = Storage(a_folder())
    return RoutingContext(store.sessions, live, clock, "https://e.example.se", LINK_KEY, MOST, documents)


@pytest.fixture
def performer(store: Database, context: RoutingContext) -> JobPerformer:
    """A worker's loop."""
    return JobPerformer("routing-bulk", store, context)


@pytest.fixture
def perform(performer: JobPerformer) -> Callable[[], None]:
    """Has a worker perform all that is ordered."""

    def to_the_end() -> None:
        while performer.turn(threading.Event()):
            pass

    return to_the_end


@pytest.fixture
def ordered(casework: Casework) -> Callable[..., BulkJob]:
    """Orders an action for cases, as Anna, on the versions that these have."""

    def an_order(action: Action, request: dict[str, Any], *cases: Case, **more: Any) -> BulkJob:
        officer = more.pop("officer", ANNA)
        chosen = [ChosenCase(each.id, each.sequence) for each in cases]
        return place(Order(officer, action, request, **more), chosen, **casework.store_and_time)

    return an_order
