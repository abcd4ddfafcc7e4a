"""Days as conditions write them: `2026-12-24`, `today`, `today+14d`, `today-6m`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.swedish.time import months_later


class InvalidDay(ValueError):
    """It is no day: `written`."""

    def __init__(self, written: Any) -> None:
        super().__init__(f"{written!r} is no day")
        self.written = written


@dataclass(frozen=True)
class RelativeDay:
    """So many days and months from today."""

    days: int = 0
    months: int = 0


_RELATIVE = re.compile(r"today(?:([+-])([0-9]{1,4})([dwmy]))?", re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
DAY_PATTERN = f"^({_RELATIVE.pattern}|{_ISO.pattern})$"


def parse_day(written: Any) -> date | RelativeDay:
    """The day that is written, or how far it is from today (d days, w weeks, m months, y years). Raises InvalidDay."""
    relative = _RELATIVE.fullmatch(written) if isinstance(written, str) else None
    if relative:
        sign, amount, unit = relative.groups()
        count = int(f"{sign}{amount}") if sign else 0
        return {
            None: RelativeDay(),
            "d": RelativeDay(days=count),
            "w": RelativeDay(days=7 * count),
            "m": RelativeDay(months=count),
            "y": RelativeDay(months=12 * count),
        }[unit]
    return iso_day(written)


def iso_day(written: Any) -> date:
    """The day of `2026-12-24`; no other way to write it, so that browsers agree. Raises InvalidDay."""
    if not isinstance(written, str) or not _ISO.fullmatch(written):
        raise InvalidDay(written)
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InvalidDay(written) from error


def resolved_day(written: str, today: date) -> date:
    """The day that is written, as seen from today; the first or last day that there is when it lies beyond it.

    Some months from the 31st is the last day of a month that has no 31st.
    """
    day = parse_day(written)
    if isinstance(day, date):
        return day
    try:
        return months_later(today, day.months) + timedelta(days=day.days)
    except (OverflowError, ValueError):
        return date.max if day.days + day.months > 0 else date.min
