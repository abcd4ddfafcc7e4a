"""Fixtures of the tests that have not moved to tests/store/routing, under the names that they use."""

import pytest

from tests.builders import HandClock
from tests.store.routing.casework import MUNICIPALITIES, Casework, Receive, everything, only  # noqa: F401 - they import from here
from tests.store.routing.conftest import alvdalen, casework, clock, organisations, receive, store  # noqa: F401


@pytest.fixture
def hear(receive: Receive) -> Receive:  # noqa: F811
    """`receive`."""
    return receive


class Desk(Casework):
    """`Casework`."""

    told = Casework.published


@pytest.fixture
def desk(store, receive: Receive, clock: HandClock) -> Desk:  # noqa: F811
    """`casework`."""
    return Desk(store, receive, clock)
