"""Swedish civil time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local_date(moment: datetime) -> date:
    """The date in Sweden at a moment (aware). A form that comes in before midnight is received that day."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime belongs to no day")
    return moment.astimezone(STOCKHOLM).date()
