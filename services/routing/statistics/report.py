"""What a leader's page shows of the figures: of the boards that the reader may see, or one queue or e-service."""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.organisation.officers import Officer
from services.routing.statistics.expected_times import expected
from services.routing.statistics.figures import AGES, WEEK, WEEKS_AHEAD, Age, Measure, monday, weeks
from services.routing.statistics.models import CaseFigure, ExpectedTime
from shared.swedish.time import local_date

PACE_WEEKS = 8  # whole weeks that a forecast goes by
SHOWN_WEEKS = 12


@dataclass(frozen=True)
class Week:
    """What came in and what ended in the week that began on this Monday."""

    begins: date
    received: int
    ended_in_time: int
    ended_late: int
    ended_without_deadline: int

    @property
    def ended(self) -> int:
        """All that ended."""
        return self.ended_in_time + self.ended_late + self.ended_without_deadline


@dataclass(frozen=True)
class DueWeek:
    """Open cases whose last day is in the week; of all that are due by its end, so many will be late at this pace."""

    begins: date
    due: int
    late_by_then: int


@dataclass(frozen=True)
class OfficerLoad:
    """An officer's open cases."""

    subject: str
    name: str
    open: int
    overdue: int


@dataclass(frozen=True)
class Report:
    """The figures of one moment. `officers` None: the reader leads nobody. `pace` is how many end in a week."""

    taken_at: datetime | None
    open: int
    overdue: int
    without_deadline: int
    weeks: list[Week]
    ages: dict[Age, int]
    due: list[DueWeek]
    pace: float
    officers: list[OfficerLoad] | None
    queues: list[str]
    eservices: list[str]
    expected: dict[str, ExpectedTime]

    @property
    def share_in_time(self) -> float | None:
        """Of the cases with a deadline that ended in the weeks shown; None where none did."""
        in_time = sum(each.ended_in_time for each in self.weeks)
        ended = in_time + sum(each.ended_late for each in self.weeks)
        return in_time / ended if ended else None


def report(
    officer: Officer, *, queue: str | None, eservice: str | None, sessions: sessionmaker[Session], now: datetime
) -> Report:
    """The report, of the queue and the e-service where they are given."""
    seen, this_week = officer.sees_of(CaseFigure), monday(local_date(now))
    with sessions() as session:
        queues = sorted(session.scalars(select(CaseFigure.queue).where(seen).distinct()))
        eservices = sorted(session.scalars(select(CaseFigure.eservice).where(seen).distinct()))
        taken_at = session.scalar(select(func.max(CaseFigure.taken_at)).where(seen))
        rows = _rows(session, seen, queue, eservice)
        times = expected(session, officer.municipality, [eservice] if eservice else eservices)
    counts = _by_measure(rows)
    pace = _pace(counts, this_week)
    return Report(
        taken_at,
        open=counts[Measure.OPEN_BY_AGE].total(),
        overdue=counts[Measure.OVERDUE].total(),
        without_deadline=counts[Measure.WITHOUT_DEADLINE].total(),
        weeks=[_week(counts, begins) for begins in weeks(this_week - (SHOWN_WEEKS - 1) * WEEK, SHOWN_WEEKS)],
        ages={age: counts[Measure.OPEN_BY_AGE][age] for age in AGES},
        due=_due(counts, this_week, pace),
        pace=pace,
        officers=_officers(rows) if officer.leads else None,
        queues=queues,
        eservices=eservices,
        expected=times,
    )


_Counts = dict[Measure, Tally[str]]


def _rows(session: Session, seen: Any, queue: str | None, eservice: str | None) -> Sequence[Row[*tuple[Any, ...]]]:
    of = CaseFigure
    chosen = [column == value for column, value in ((of.queue, queue), (of.eservice, eservice)) if value]
    group = of.measure, of.value
    summed = select(*group, func.max(of.name).label("name"), func.sum(of.cases).label("cases"))
    return session.execute(summed.where(seen, *chosen).group_by(*group)).all()


def _by_measure(rows: Iterable[Row[*tuple[Any, ...]]]) -> _Counts:
    counts: _Counts = {measure: Tally() for measure in Measure}
    for row in rows:
        counts[Measure(row.measure)][row.value] += row.cases
    return counts


def _week(counts: _Counts, begins: date) -> Week:
    shown = (Measure.RECEIVED, Measure.ENDED_IN_TIME, Measure.ENDED_LATE, Measure.ENDED_WITHOUT_DEADLINE)
    return Week(begins, *(counts[measure][begins.isoformat()] for measure in shown))


def _pace(counts: _Counts, this_week: date) -> float:
    """How many cases ended in a week, on average of the last whole ones."""
    whole = weeks(this_week - PACE_WEEKS * WEEK, PACE_WEEKS)
    return sum(_week(counts, begins).ended for begins in whole) / PACE_WEEKS


def _due(counts: _Counts, this_week: date, pace: float) -> list[DueWeek]:
    """The forecast: those that are late already come first, then each week's; as many end in a week as before."""
    mondays = weeks(this_week, WEEKS_AHEAD)
    due = [counts[Measure.DUE][begins.isoformat()] for begins in mondays]
    waiting = accumulate(due, initial=counts[Measure.OVERDUE].total())
    next(waiting)
    return [
        DueWeek(begins, of_week, max(0, round(by_then - pace * number)))
        for number, (begins, of_week, by_then) in enumerate(zip(mondays, due, waiting, strict=True), start=1)
    ]


def _officers(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[OfficerLoad]:
    """Those with most first."""
    overdue = {row.value: row.cases for row in rows if row.measure == Measure.OF_OFFICER_OVERDUE}
    loads = [
        OfficerLoad(row.value, row.name or row.value, row.cases, overdue.get(row.value, 0))
        for row in rows
        if row.measure == Measure.OF_OFFICER
    ]
    return sorted(loads, key=lambda load: (-load.open, load.name))
