"""Working days, and when a period ends: lag (1930:173) om beräkning av lagstadgad tid."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.swedish.time import local_date
from shared.swedish.working_days import add_working_days, is_working_day, last_day

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-01-06",
        "2026-04-03",
        "2026-04-06",
        "2026-05-01",
        "2026-05-14",
        "2028-06-06",
        "2026-06-19",
        "2026-12-24",
        "2026-12-25",
        "2026-12-31",
        "2026-11-21",
        "2026-11-22",
    ],
)
def test_days_off(day):
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-11-23", "2026-04-02", "2026-04-30", "2026-05-15", "2026-10-30", "2026-12-23"])
def test_eves_that_the_law_does_not_name_are_working_days(day):
    assert is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("received", "amount", "unit", "last"),
    [
        ("2026-11-23", 3, "days", "2026-11-26"),
        ("2026-11-23", 5, "days", "2026-11-30"),
        ("2026-11-23", 3, "weeks", "2026-12-14"),
        ("2026-12-03", 3, "weeks", "2026-12-28"),
        ("2026-05-29", 3, "weeks", "2026-06-22"),
        ("2026-12-17", 2, "weeks", "2027-01-04"),
        ("2026-11-23", 10, "weeks", "2027-02-01"),
        ("2026-08-31", 6, "months", "2027-03-01"),
        ("2027-08-31", 6, "months", "2028-02-29"),
        ("2026-10-31", 1, "months", "2026-11-30"),
        ("2026-11-23", 4, "months", "2027-03-23"),
        ("2026-11-23", 12, "months", "2027-11-23"),
        ("2026-11-23", 1, "years", "2027-11-23"),
        ("2028-02-29", 1, "years", "2029-02-28"),
        ("2026-12-22", 2, "working_days", "2026-12-28"),
    ],
)
def test_a_period_ends_on_the_day_that_the_law_sets(received, amount, unit, last):
    assert last_day(date.fromisoformat(received), amount, unit) == date.fromisoformat(last)


@given(DAYS, st.integers(1, 60), st.sampled_from(["days", "weeks", "months", "years", "working_days"]))
def test_no_period_ends_on_a_day_off_or_before_it_began(received, amount, unit):
    last = last_day(received, amount, unit)

    assert is_working_day(last)
    assert last > received


@given(DAYS, st.integers(1, 40))
def test_working_days_add_up(day, n):
    assert add_working_days(add_working_days(day, n), 1) == add_working_days(day, n + 1)


def test_in_no_working_days_it_is_today_or_the_next_working_day():
    assert add_working_days(date(2026, 11, 23), 0) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 11, 23), -1)


def test_a_moment_belongs_to_the_day_in_sweden():
    assert local_date(datetime(2026, 11, 23, 22, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert local_date(datetime(2026, 11, 23, 23, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert local_date(datetime(2026, 6, 23, 22, 0, tzinfo=UTC)) == date(2026, 6, 24)
    with pytest.raises(ValueError, match="naive"):
        local_date(datetime(2026, 6, 23, 22, 0) + timedelta(0))  # noqa: DTZ001
