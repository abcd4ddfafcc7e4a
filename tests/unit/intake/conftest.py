"""An intake of one's own: both kinds of store, the real app, a clock that is moved by hand."""

from pathlib import Path

import pytest

from tests.builders import HandClock
from tests.unit.intake.office import Office


@pytest.fixture
def clock() -> HandClock:
    """Noon on 23 November 2026 until it is moved."""
    return HandClock()


@pytest.fixture
def office(tmp_path: Path, clock: HandClock) -> Office:
    """An intake with an empty SQLite store."""
    return Office.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock)


@pytest.fixture
def any_office(tmp_path: Path, database_url: str, clock: HandClock) -> Office:
    """An intake with an empty store, of each kind in turn: for what the store has a say in."""
    return Office.opened(tmp_path, database_url, clock)
