"""An intake of one's own: both kinds of store, the real app, a clock that is moved by hand."""

from pathlib import Path

import pytest

from tests.builders import HandClock
from tests.store.intake.browser import Browser
from tests.store.intake.harness import Intake


@pytest.fixture
def clock() -> HandClock:
    """Noon on 23 November 2026 until it is moved."""
    return HandClock()


@pytest.fixture
def intake(tmp_path: Path, clock: HandClock) -> Intake:
    """An intake with an empty SQLite store."""
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock)


@pytest.fixture
def any_intake(tmp_path: Path, database_url: str, clock: HandClock) -> Intake:
    """An intake with an empty store, of each kind in turn: for what depends on the store."""
    return Intake.opened(tmp_path, database_url, clock)


@pytest.fixture
def browser(intake: Intake) -> Browser:
    """Somebody with a browser."""
    return Browser(intake.client())
