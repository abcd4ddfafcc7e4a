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
from shared.database import Database
from tests.store.routing.casework import ANNA, Casework


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
