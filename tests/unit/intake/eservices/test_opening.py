"""When an e-service is open, to the minute, also as clocks change."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from services.intake.eservices.opening import EServiceClosed, State, check_open, opening

SECOND = timedelta(seconds=1)


@dataclass
class Written:
    """What a definition says."""

    open_from: date | datetime | None = None
    open_until: date | datetime | None = None
    paused: dict[str, str] | None = None


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


local = datetime.fromisoformat


def state(now, **written):
    return opening(Written(**written), now).state


def test_without_dates_it_is_always_open():
    assert state(utc(2026, 1, 1)) is State.OPEN


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (date(2026, 3, 1), utc(2026, 2, 28, 23)),
        (date(2026, 7, 1), utc(2026, 6, 30, 22)),
        (local("2026-03-01 12:00"), utc(2026, 3, 1, 11)),
        (date(2026, 3, 29), utc(2026, 3, 28, 23)),  # the day on which summer time begins
        (local("2026-03-29 03:00"), utc(2026, 3, 29, 1)),
        (local("2026-10-25 02:30"), utc(2026, 10, 25, 0, 30)),  # of two, the first
    ],
)
def test_it_opens_at_the_second(written, moment):
    assert state(moment - SECOND, open_from=written) is State.NOT_YET
    assert state(moment, open_from=written) is State.OPEN
    assert opening(Written(open_from=written), moment).opens_at == moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (date(2026, 3, 31), utc(2026, 3, 31, 22)),
        (date(2026, 12, 31), utc(2026, 12, 31, 23)),
        (local("2026-03-31 12:00"), utc(2026, 3, 31, 10)),
        (date(2026, 3, 29), utc(2026, 3, 29, 22)),  # a day of 23 hours
        (date(2026, 10, 25), utc(2026, 10, 25, 23)),  # a day of 25 hours
        (local("2026-10-25 02:30"), utc(2026, 10, 25, 1, 30)),  # of two, the second
    ],
)
def test_it_closes_at_the_second(written, moment):
    assert state(moment - SECOND, open_until=written) is State.OPEN
    assert state(moment, open_until=written) is State.CLOSED
    assert opening(Written(open_until=written), moment).closes_at == moment


def test_people_read_a_day_where_a_day_is_written():
    found = opening(Written(date(2026, 3, 1), local("2026-03-31 12:00")), utc(2026, 3, 2))

    assert (found.first_day, found.last_day) == (date(2026, 3, 1), None)


@pytest.mark.parametrize(
    ("now", "expected"),
    [(utc(2026, 2, 1), State.PAUSED), (utc(2026, 3, 10), State.PAUSED), (utc(2026, 4, 2), State.CLOSED)],
)
def test_what_is_paused_is_not_promised_and_what_is_past_is_closed(now, expected):
    dates = {"open_from": date(2026, 3, 1), "open_until": date(2026, 3, 31)}

    assert state(now, **dates, paused={"sv": "Vi byter system."}) is expected


def test_what_is_closed_takes_nothing():
    check_open(Written(open_until=date(2026, 3, 31)), utc(2026, 3, 31, 21))

    with pytest.raises(EServiceClosed) as closed:
        check_open(Written(open_until=date(2026, 3, 31)), utc(2026, 3, 31, 22))

    assert closed.value.opening.closes_at == utc(2026, 3, 31, 22)
