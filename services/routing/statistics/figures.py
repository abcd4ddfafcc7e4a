"""The figures of a leader's page: what comes in and is finished by week, ages, what is due, who has how many.

The worker takes them once a minute, so that the page costs the same whatever the number of cases. Weeks that are over
are counted once an hour: they change only where a case is reopened, moved, or registered late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import NO_DEADLINE, STILL_OPEN, Case
from services.routing.statistics.expected_times import measure_times
from services.routing.statistics.models import CaseEnd, CaseFigure
from shared.clock import Clock
from shared.swedish.time import STOCKHOLM, local_date

WEEKS_BACK = 26
WEEKS_AHEAD = 8
WEEK = timedelta(days=7)
PAST_TAKEN_EVERY = timedelta(hours=1)


class Measure(StrEnum):
    """What is counted; what `CaseFigure.value` is with it."""

    RECEIVED = "received"  # by Monday of the week
    ENDED_IN_TIME = "ended_in_time"
    ENDED_LATE = "ended_late"
    ENDED_WITHOUT_DEADLINE = "ended_without_deadline"
    OPEN_BY_AGE = "open_by_age"  # by Age
    DUE = "due"  # open, by Monday of the week of the last day
    OVERDUE = "overdue"
    WITHOUT_DEADLINE = "without_deadline"
    OF_OFFICER = "of_officer"  # open, by the officer's subject
    OF_OFFICER_OVERDUE = "of_officer_overdue"


class Age(StrEnum):
    """How long an open case has been here, since it was received."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    LONGER = "longer"


# Up to so many days, the last without end.
AGES = {Age.WEEK: 7, Age.MONTH: 30, Age.QUARTER: 91, Age.HALF_YEAR: 182, Age.LONGER: None}

_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('arende case figures'))")
_GROUP = ("municipality", "board", "protected", "queue", "eservice")
_ENDED: dict[bool | None, Measure] = {
    True: Measure.ENDED_IN_TIME,
    False: Measure.ENDED_LATE,
    None: Measure.ENDED_WITHOUT_DEADLINE,
}

Figures = list[dict[str, Any]]


@dataclass(frozen=True)
class FigureTaker:
    """What a worker does for the figures from time to time."""

    sessions: sessionmaker[Session]
    clock: Clock

    def run(self) -> None:
        """Take the figures anew, unless another worker is doing so: once an hour with past weeks and expected times."""
        now = self.clock()
        today = local_date(now)
        with self.sessions.begin() as session:
            if session.get_bind().dialect.name == "postgresql" and not session.scalar(_LOCK):
                return
            since = monday(today)
            replaced = delete(CaseFigure)
            if _past_is_known(session, since, now):
                replaced = replaced.where(~_is_before(since))
            else:
                since -= (WEEKS_BACK - 1) * WEEK
                measure_times(session, now=now)
            taken = [{"name": None, **each, "taken_at": now} for each in _taken(session, since, today)]
            session.execute(replaced)
            if taken:
                session.execute(insert(CaseFigure), taken)


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def weeks(first: date, count: int) -> list[date]:
    """The Mondays of so many weeks from the first."""
    return [first + number * WEEK for number in range(count)]


def _past_is_known(session: Session, this_week: date, now: datetime) -> bool:
    """Whether the weeks before this one were counted within the last hour."""
    taken_at = session.scalar(select(func.min(CaseFigure.taken_at)).where(_is_before(this_week)))
    return taken_at is not None and taken_at <= now < taken_at + PAST_TAKEN_EVERY


def _is_before(week: date) -> ColumnElement[bool]:
    """The condition on a figure that it is of an earlier week."""
    return and_(CaseFigure.measure.in_([Measure.RECEIVED, *_ENDED.values()]), CaseFigure.value < week.isoformat())


def _taken(session: Session, since: date, today: date) -> Figures:
    return [
        *_received(session, weeks(since, (monday(today) - since) // WEEK + 1)),
        *_ended(session, since),
        *_still_open(session, today),
        *_of_officers(session, today),
    ]


def _received(session: Session, mondays: Iterable[date]) -> Figures:
    """Each week by itself: neither database knows the other's way to name the week of a moment."""
    found: Figures = []
    for begins in mondays:
        within = Case.received_at >= _midnight(begins), Case.received_at < _midnight(begins + WEEK)
        rows = session.execute(select(*_columns(Case), func.count()).where(*within).group_by(*_columns(Case)))
        found += [_figure(group, Measure.RECEIVED, begins, cases) for *group, cases in rows]
    return found


def _ended(session: Session, since: date) -> Figures:
    group = (*_columns(CaseEnd), CaseEnd.ended_on, CaseEnd.in_time)
    rows = session.execute(select(*group, func.count()).where(CaseEnd.ended_on >= since).group_by(*group))
    return [_figure(of, _ENDED[in_time], monday(day), cases) for *of, day, in_time, cases in rows]


def _still_open(session: Session, today: date) -> Figures:
    """Ages and last days, in one look at the open cases."""
    wanted = [*_ages(today), *_last_days(today)]
    counts = [func.count().filter(condition) for _, _, condition in wanted]
    rows = session.execute(select(*_columns(Case), *counts).where(STILL_OPEN).group_by(*_columns(Case)))
    found: Figures = []
    for row in rows:
        group, counted = row[: len(_GROUP)], row[len(_GROUP) :]
        found += [
            _figure(group, measure, value, cases)
            for (measure, value, _), cases in zip(wanted, counted, strict=True)
            if cases
        ]
    return found


def _ages(today: date) -> Iterable[tuple[Measure, str, Any]]:
    newer = _midnight(today + timedelta(days=1))
    for age, days in AGES.items():
        older = _midnight(today - timedelta(days=days - 1)) if days else None
        condition = Case.received_at < newer
        yield Measure.OPEN_BY_AGE, age, condition if older is None else condition & (Case.received_at >= older)
        newer = older or newer


def _last_days(today: date) -> Iterable[tuple[Measure, str, Any]]:
    yield Measure.OVERDUE, "", Case.due_by < today
    yield Measure.WITHOUT_DEADLINE, "", Case.due_by == NO_DEADLINE
    for begins in weeks(monday(today), WEEKS_AHEAD):
        in_week = (Case.due_by >= max(begins, today)) & (Case.due_by < begins + WEEK)
        yield Measure.DUE, begins.isoformat(), in_week


def _of_officers(session: Session, today: date) -> Figures:
    of_officer = (*_columns(Case), Case.officer_subject)
    counts = func.count(), func.count().filter(Case.due_by < today), func.max(Case.officer_name)
    rows = session.execute(
        select(*of_officer, *counts).where(STILL_OPEN, Case.officer_subject.is_not(None)).group_by(*of_officer)
    )
    found: Figures = []
    for *group, subject, cases, overdue, name in rows:
        found.append(_figure(group, Measure.OF_OFFICER, subject, cases) | {"name": name})
        if overdue:
            found.append(_figure(group, Measure.OF_OFFICER_OVERDUE, subject, overdue) | {"name": name})
    return found


def _columns(table: Any) -> list[Any]:
    return [getattr(table, name) for name in _GROUP]


def _figure(group: Sequence[Any], measure: Measure, value: object, cases: int) -> dict[str, Any]:
    return {**dict(zip(_GROUP, group, strict=True)), "measure": measure, "value": str(value), "cases": cases}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), STOCKHOLM)
