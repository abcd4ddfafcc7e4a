"""Swedish civil time."""

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local_date(moment: datetime) -> date:
    """The date in Sweden at a moment (aware). A form that comes in before midnight is received that day."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime belongs to no day")
    return moment.astimezone(STOCKHOLM).date()


def months_later(day: date, months: int) -> date:
    """The day with the same number so many months later, or the month's last where it has no such day.

    Raises ValueError beyond the years that there are.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
