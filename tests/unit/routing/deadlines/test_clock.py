"""The deadline clock, worked through by hand: what the law, the e-service's rule and the calendar come to.

Law: PBL 9 kap. 99 § and 12 kap. 8 a §, FL 12 §, lag (1930:173) om beräkning av lagstadgad tid.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest

from services.routing.deadlines.clock import clock_of
from shared.events.intake import Deadline, Extension, Period
from shared.events.payloads import plain
from shared.swedish.law import DeadlineUnit, RestartCause

CASE = UUID(int=7)
WEEKS, DAYS, MONTHS = DeadlineUnit.WEEKS, DeadlineUnit.DAYS, DeadlineUnit.MONTHS
WORKING_DAYS = DeadlineUnit.WORKING_DAYS


def a_rule(amount, unit, **more):
    """A deadline of so many of a unit."""
    return Deadline(amount, unit, {"sv": "regel"}, **more)


PERMIT = a_rule(
    10,
    WEEKS,
    restarts_on=RestartCause.SUPPLEMENT,
    order_within=Period(3, WEEKS),
    extension=Extension(10, WEEKS),
    fee_reduction=20,
)
LICENCE = a_rule(4, MONTHS, restarts_on=RestartCause.SUPPLEMENT)
PROMISE = a_rule(10, WORKING_DAYS)
YEAR = a_rule(12, MONTHS)
MONTH = a_rule(1, MONTHS)
PAUSED = a_rule(8, WEEKS, stops_while_waiting=True)
PAUSED_PROMISE = a_rule(10, WORKING_DAYS, stops_while_waiting=True)


@dataclass(frozen=True)
class Entry:
    """What the clock reads of a journal entry."""

    action: str
    at: datetime
    data: dict[str, Any]
    case_id: UUID = CASE


def moment(text):
    """A time: `2026-11-23` is noon in Sweden's winter, `2026-11-23T23:30` is in UTC."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T11:00").replace(tzinfo=UTC)


def received(at, rule, **more):
    """The registration."""
    data = {"received_at": moment(at).isoformat(), "deadline": plain(rule)} | more
    return Entry("register", moment(at), data)


def ordered(at, by, name="a"):
    """A supplement request."""
    return Entry("request_supplement", moment(at), {"answer_by": by, "request_id": str(uuid5(CASE, name))})


def sent(at, entered=None):
    """A supplement that the submitter sent then, and the case got later."""
    return Entry("receive_supplement", moment(entered or at), {"received_at": moment(at).isoformat()})


def posted(on, entered=None):
    """One on paper."""
    return Entry("receive_supplement", moment(entered or on), {"received_on": on})


def withdrawn(at, name="a"):
    """A supplement request that is withdrawn."""
    return Entry("withdraw_supplement_request", moment(at), {"request_id": str(uuid5(CASE, name))})


def extended(at, amount=10):
    """An extension in weeks."""
    return Entry("extend_deadline", moment(at), {"amount": amount, "unit": "weeks"})


def decided(on):
    """A decision."""
    return Entry("decide", moment(on), {"decided_on": on})


def reopened(at):
    """A reopening."""
    return Entry("reopen", moment(at), {})


MONDAY = received("2026-11-23", PERMIT)
EXAMPLES = {
    # Ten weeks from receipt; the calendar.
    "ten weeks from a Monday end on a Monday": ([MONDAY], "2027-02-01"),
    "half past midnight is the next day": ([received("2026-11-23T23:30", PERMIT)], "2027-02-02"),
    "half past midnight in summer time too": ([received("2026-06-30T22:30", PERMIT)], "2026-09-09"),
    "the night when summer time begins": ([received("2026-03-28T23:30", PERMIT)], "2026-06-08"),
    "the night when summer time ends": ([received("2026-10-24T22:30", PERMIT)], "2027-01-04"),
    "a Saturday becomes Monday": ([received("2026-11-28", PERMIT)], "2027-02-08"),
    "Good Friday becomes the Tuesday after Easter": ([received("2027-01-15", PERMIT)], "2027-03-30"),
    "Ascension Day becomes Friday": ([received("2026-03-05", PERMIT)], "2026-05-15"),
    "Midsummer Eve becomes Monday": ([received("2027-04-16", PERMIT)], "2027-06-28"),
    "Christmas Eve becomes the Monday after": ([received("2026-10-15", PERMIT)], "2026-12-28"),
    "New Year's Eve becomes the Monday after": ([received("2026-10-22", PERMIT)], "2027-01-04"),
    "a leap day is a day": ([received("2028-01-03", PERMIT)], "2028-03-13"),
    "a year from a leap day": ([received("2028-02-29", YEAR)], "2029-02-28"),
    "a year to a Saturday that is the first of May": ([received("2026-05-01", YEAR)], "2027-05-03"),
    "a month from the 31st ends with February": ([received("2027-01-31", MONTH)], "2027-03-01"),
    "ten working days over Christmas": ([received("2026-12-21", PROMISE)], "2027-01-11"),
    "ten working days from a Saturday": ([received("2026-11-28", PROMISE)], "2026-12-11"),
    # Orders to complete it.
    "an order in time is waited for": ([MONDAY, ordered("2026-12-07", "2026-12-21")], None),
    "it is waited for also when its last day has gone": (
        [MONDAY, ordered("2026-12-07", "2026-12-21"), ordered("2027-01-20", "2027-02-02", "b")],
        None,
    ),
    "what was ordered in time begins the ten weeks": (
        [MONDAY, ordered("2026-12-07", "2026-12-21"), sent("2026-12-18")],
        "2027-02-26",
    ),
    "the last day of three weeks is in time": (
        [MONDAY, ordered("2026-12-14", "2026-12-28"), sent("2026-12-21")],
        "2027-03-01",
    ),
    "a day later is not": ([MONDAY, ordered("2026-12-15", "2026-12-28"), sent("2026-12-21")], "2027-02-01"),
    "half past midnight is a day later": (
        [MONDAY, ordered("2026-12-14T23:30", "2026-12-28"), sent("2026-12-21")],
        "2027-02-01",
    ),
    "a second order is waited for when the first is answered": (
        [MONDAY, ordered("2026-12-01", "2026-12-15"), sent("2026-12-03"), ordered("2026-12-04", "2026-12-18", "b")],
        None,
    ),
    "the last of two answers begins the ten weeks": (
        [
            MONDAY,
            ordered("2026-12-01", "2026-12-15"),
            sent("2026-12-03"),
            ordered("2026-12-04", "2026-12-18", "b"),
            sent("2026-12-10"),
        ],
        "2027-02-18",
    ),
    "what was sent before the order does not answer it": (
        [MONDAY, ordered("2026-12-07T12:00", "2026-12-21"), sent("2026-12-07T11:00", entered="2026-12-07T13:00")],
        None,
    ),
    "on paper on the day of the order": (
        [MONDAY, ordered("2026-12-07", "2026-12-21"), posted("2026-12-07")],
        "2027-02-15",
    ),
    "an order that is withdrawn has not been": (
        [MONDAY, ordered("2026-12-07", "2026-12-21"), withdrawn("2026-12-09")],
        "2027-02-01",
    ),
    "one answered and one withdrawn": (
        [
            MONDAY,
            ordered("2026-12-01", "2026-12-15"),
            sent("2026-12-03"),
            ordered("2026-12-04", "2026-12-18", "b"),
            withdrawn("2026-12-10", "b"),
        ],
        "2027-02-11",
    ),
    "a rule without a time for orders takes them at any time": (
        [received("2026-11-23", LICENCE), ordered("2027-01-25", "2027-02-15"), sent("2027-02-10")],
        "2027-06-10",
    ),
    # What the submitter adds unasked.
    "an addition begins the ten weeks anew": ([MONDAY, sent("2026-12-02")], "2027-02-10"),
    "by post from the day that it came": ([MONDAY, posted("2026-12-02", entered="2026-12-04")], "2027-02-10"),
    "on the last day too": ([MONDAY, sent("2027-02-01")], "2027-04-12"),
    "not when they have run out": ([MONDAY, sent("2027-02-02")], "2027-02-01"),
    "and the three weeks for an order": (
        [MONDAY, sent("2026-12-02"), ordered("2026-12-22", "2027-01-12"), sent("2027-01-11")],
        "2027-03-22",
    ),
    # Extensions.
    "ten weeks longer": ([MONDAY, extended("2027-01-15")], "2027-04-12"),
    "three weeks longer": ([MONDAY, extended("2027-01-15", 3)], "2027-02-22"),
    "counted from where the ten weeks ended, not from the day after Christmas": (
        [received("2026-10-15", PERMIT), extended("2026-12-01")],
        "2027-03-04",
    ),
    "an early addition brings an extended day no nearer": (
        [MONDAY, extended("2026-11-25"), sent("2026-11-30")],
        "2027-04-12",
    ),
    "a late addition moves it": ([MONDAY, extended("2026-11-25"), sent("2027-03-01")], "2027-05-10"),
    # Waiting that is not counted.
    "a week of waiting": (
        [received("2026-11-23", PAUSED), ordered("2026-12-01", "2026-12-15"), sent("2026-12-08")],
        "2027-01-25",
    ),
    "while it is waited for, until the last day to answer": (
        [received("2026-11-23", PAUSED), ordered("2026-12-01", "2026-12-15")],
        "2027-02-01",
    ),
    "later is our own time": (
        [received("2026-11-23", PAUSED), ordered("2026-12-01", "2026-12-15"), sent("2026-12-29")],
        "2027-02-01",
    ),
    "two that overlap are waited for once": (
        [
            received("2026-11-23", PAUSED),
            ordered("2026-12-01", "2026-12-22"),
            ordered("2026-12-08", "2026-12-29", "b"),
            sent("2026-12-15"),
        ],
        "2027-02-01",
    ),
    "answered on the same day": (
        [received("2026-11-23", PAUSED), ordered("2026-12-01", "2026-12-15"), sent("2026-12-01T15:00")],
        "2027-01-18",
    ),
    "asked when the time has run out": (
        [received("2026-11-23", PAUSED), ordered("2027-01-19", "2027-02-02"), sent("2027-02-01")],
        "2027-01-18",
    ),
    "waited for until it was withdrawn": (
        [received("2026-11-23", PAUSED), ordered("2026-12-01", "2026-12-15"), withdrawn("2026-12-04")],
        "2027-01-21",
    ),
    "working days of waiting over Christmas": (
        [received("2026-12-14", PAUSED_PROMISE), ordered("2026-12-18", "2026-12-29"), sent("2026-12-28")],
        "2027-01-08",
    ),
    # Reopened; no rule.
    "a reopened case has the whole time again": (
        [MONDAY, extended("2026-12-01"), decided("2027-01-20"), reopened("2027-03-01")],
        "2027-05-10",
    ),
    "it may be extended again": (
        [MONDAY, extended("2026-12-01"), decided("2027-01-20"), reopened("2027-03-01"), extended("2027-03-02", 1)],
        "2027-05-17",
    ),
    "decided while it waited for an order": (
        [MONDAY, ordered("2026-12-07", "2026-12-21"), decided("2027-06-01")],
        None,
    ),
    "no deadline": ([received("2026-11-23", None)], None),
    "a journal from before the rule was in it": (
        [received("2026-11-23", None, due_on="2027-02-01"), sent("2026-12-02"), decided("2027-01-20")],
        "2027-02-01",
    ),
}


@pytest.mark.parametrize(("entries", "due_on"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_last_day_is_computed_from_the_journal(entries, due_on):
    assert clock_of(entries).due_on == (date.fromisoformat(due_on) if due_on else None)


def test_a_rule_that_only_a_newer_version_knows_leaves_the_day_that_was_set():
    rule = plain(PERMIT) | {"restarts_on": "full_moon"}
    entry = received("2026-11-23", None, deadline=rule, due_on="2027-02-01")

    clock = clock_of([entry, sent("2026-12-02")])

    assert clock.due_on == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("today", "weeks", "per_cent"),
    [
        ("2027-02-01", 0, 0),
        ("2027-02-02", 1, 20),
        ("2027-02-08", 1, 20),
        ("2027-02-09", 2, 40),
        ("2027-03-02", 5, 100),
        ("2027-04-01", 9, 100),
    ],
)
def test_the_fee_falls_by_a_fifth_for_each_week_begun(today, weeks, per_cent):
    clock = clock_of([MONDAY])

    assert clock.weeks_late(date.fromisoformat(today)) == weeks
    assert clock.fee_reduction(date.fromisoformat(today)) == per_cent


def test_after_the_decision_it_falls_no_more():
    clock = clock_of([MONDAY, decided("2027-02-03")])

    assert clock.fee_reduction(date(2027, 4, 1)) == 20


@pytest.mark.parametrize(
    ("entries", "today", "may"),
    [
        ([MONDAY], "2027-02-01", True),
        ([MONDAY], "2027-02-02", False),
        ([MONDAY, extended("2026-12-01", 1)], "2026-12-02", False),
        ([MONDAY, ordered("2026-12-01", "2026-12-15")], "2026-12-02", False),
        ([MONDAY, decided("2026-12-01")], "2026-12-02", False),
        ([received("2026-11-23", PROMISE)], "2026-11-24", False),
    ],
)
def test_it_may_be_extended_once_before_it_has_run_out_where_the_rule_has_it(entries, today, may):
    assert clock_of(entries).may_be_extended(date.fromisoformat(today)) is may


def requested(on):
    """A request for a decision that came in on this day."""
    return Entry("request_decision", moment(on), {"received_on": on})


REJECTED = Entry("reject_decision_request", moment("2027-06-10"), {})


@pytest.mark.parametrize(
    ("entries", "on", "may"),
    [
        ([MONDAY], "2027-05-23", False),
        ([MONDAY], "2027-05-24", True),
        ([MONDAY, requested("2027-05-24")], "2027-06-01", False),
        ([MONDAY, requested("2027-05-24"), REJECTED], "2027-12-01", False),
        ([MONDAY, decided("2027-01-20"), reopened("2027-02-01")], "2027-12-01", False),
    ],
)
def test_a_decision_may_be_requested_once_after_six_months_without_one(entries, on, may):
    assert clock_of(entries).decision_may_be_requested(date.fromisoformat(on)) is may


def test_the_request_has_four_weeks_of_its_own_which_come_first_until_it_is_answered():
    waiting = clock_of([received("2026-11-23", YEAR), requested("2027-05-28")])
    rejected = clock_of([received("2026-11-23", YEAR), requested("2027-05-28"), REJECTED])

    assert waiting.next_last_day == date(2027, 6, 28)  # four weeks end on Midsummer Eve
    assert rejected.next_last_day == date(2027, 11, 23)
