"""The one clock. Code that needs the time takes a `Clock`; only composition roots use `utc_now` itself."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, in UTC, aware."""
    return datetime.now(UTC)
