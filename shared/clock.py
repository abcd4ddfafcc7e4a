"""The one clock. Code that needs the time takes a `Clock`; only composition roots name `utc_now`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, in UTC, aware."""
    return datetime.now(UTC)
