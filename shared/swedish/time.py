"""Swedish civil time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local_date(moment: datetime) -> date:
    """The day in Sweden at a moment (aware): an e-form counts as received that day, until midnight."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime belongs to no day")
    return moment.astimezone(STOCKHOLM).date()
