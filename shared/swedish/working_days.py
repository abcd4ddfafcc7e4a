"""Swedish working days, and the last day of a period counted in days, weeks, months or years."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from shared.swedish.law import DeadlineUnit
from shared.swedish.time import months_later

# Count as public holidays by lag (1930:173) 2 §: the eves of Midsummer, Christmas and New Year.
_EVES = {"midsommarafton", "julafton", "nyårsafton"}


def is_working_day(day: date) -> bool:
    """Not a Saturday, Sunday, public holiday (lag 1989:253), Midsummer's, Christmas or New Year's Eve."""
    return day.weekday() < 5 and day not in _closed(day.year)


def add_working_days(day: date, n: int) -> date:
    """The n-th working day after the day, which itself is not counted; with 0, the day or the next working one."""
    if n < 0:
        raise ValueError("working days are counted forwards")
    reached = day if n else next_working_day(day)
    for _ in range(n):
        reached = next_working_day(reached + timedelta(days=1))
    return reached


@lru_cache(maxsize=256)
def last_day(received: date, amount: int, unit: DeadlineUnit) -> date:
    """The last day of a period that begins to run on the day something was received.

    A period that would end on a day off ends on the next working day (lag 1930:173, 2 §).
    """
    return next_working_day(end_of_period(received, amount, unit))


def end_of_period(received: date, amount: int, unit: DeadlineUnit) -> date:
    """The day that a period ends on by its length alone, which may be a day off unless it is in working days.

    Weeks, months and years end on the day with the same name or number, or the month's last day where it has
    no such day (lag 1930:173, 1 §).
    """
    match unit:
        case DeadlineUnit.DAYS:
            return received + timedelta(days=amount)
        case DeadlineUnit.WORKING_DAYS:
            return add_working_days(received, amount)
        case DeadlineUnit.WEEKS:
            return received + timedelta(weeks=amount)
        case DeadlineUnit.MONTHS:
            return months_later(received, amount)
        case DeadlineUnit.YEARS:
            return months_later(received, 12 * amount)


def working_days_between(first: date, last: date) -> int:
    """How many working days come after the first day, until the last one and with it."""
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def next_working_day(day: date) -> date:
    """The day, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def _closed(year: int) -> frozenset[date]:
    general = holidays.country_holidays("SE", years=year, language="sv")
    de_facto = holidays.country_holidays("SE", years=year, language="sv", categories=("de_facto",))
    eves = {day for day, name in de_facto.items() if name.lower() in _EVES}
    return frozenset({*general, *eves})
