"""When a mail that could not be delivered for now is tried again, and when it is given up."""

from datetime import datetime, timedelta

# The wait after the first failed attempt, after the second, and so on: about two days in all, which is longer than
# most mail servers are down and most mailboxes stay full.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))


def next_attempt_at(attempts: int, *, failed_at: datetime) -> datetime | None:
    """When to try again what has failed so many times, at last at `failed_at`; None: it is given up."""
    return failed_at + WAITS[attempts - 1] if attempts <= len(WAITS) else None
