"""How many cases stand in each queue: kept with every change of a case, and checked against the cases."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import structlog
from prometheus_client import Counter
from sqlalchemy import Select, case, delete, func, insert, literal, select, text, tuple_, union_all
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import NO_DEADLINE, OPEN_ON_HOLD, Case, expired
from services.routing.cases.state_machine import OPEN
from services.routing.queues.models import CaseCount
from shared.clock import Clock

CHECKED_EVERY = timedelta(days=1)

CORRECTED = Counter(
    "routing_case_counts_corrected", "Counts of cases that did not agree with the cases, and were corrected."
)

log = structlog.get_logger(__name__)

_OF_GROUP = ("municipality", "queue", "board", "protected", "state")
_KEY = (*_OF_GROUP, "due_by")
_COLUMNS = tuple(getattr(CaseCount, name) for name in _KEY)


class OpenCases(NamedTuple):
    """The open cases of a board in one state in a queue; `overdue` of them should be decided, `on_hold` are on hold.

    `must_be_decided` of those on hold must be decided now. `oldest_received_at` is of those that are not on hold, None
    where there are none.
    """

    municipality: str
    queue: str
    board: str
    protected: bool
    state: str
    cases: int
    overdue: int
    on_hold: int
    must_be_decided: int
    oldest_received_at: datetime | None


def open_cases(session: Session, today: date, *conditions: Any) -> list[OpenCases]:
    """How the queues stand, where there are open cases that fulfil the conditions on `CaseCount`."""
    group = [getattr(CaseCount, name) for name in _OF_GROUP]
    counts = (
        func.sum(CaseCount.cases),
        func.sum(CaseCount.cases).filter(CaseCount.due_by < today),
        _on_hold(),
        _on_hold(expired(today)),
        _oldest(),
    )
    rows = session.execute(
        select(*group, *counts)
        .where(CaseCount.state.in_(OPEN), *conditions)
        .group_by(*group)
        .having(func.sum(CaseCount.cases) > 0)
    )
    return [
        OpenCases(*row[:6], overdue=row[6] or 0, on_hold=row[7], must_be_decided=row[8], oldest_received_at=row[9])
        for row in rows
    ]


def by_queue(found: Iterable[OpenCases]) -> dict[tuple[str, str], list[OpenCases]]:
    """The same by municipality and queue, in their order."""
    queues: dict[tuple[str, str], list[OpenCases]] = {}
    for each in sorted(found):
        queues.setdefault((each.municipality, each.queue), []).append(each)
    return queues


def oldest(found: Iterable[OpenCases]) -> datetime | None:
    """When the oldest of them was received."""
    return min((each.oldest_received_at for each in found if each.oldest_received_at), default=None)


def _oldest() -> Any:
    """When the oldest of the group's cases was received that are not on hold: nearly the first entry of an index."""
    waiting = select(func.min(Case.received_at)).where(*_same_group(), Case.on_hold_until.is_(None))
    return waiting.correlate(CaseCount).scalar_subquery()


def _on_hold(*conditions: Any) -> Any:
    """How many of the group's cases are on hold: the entries of an index that has no others."""
    on_hold = select(func.count()).select_from(Case).where(*_same_group(), OPEN_ON_HOLD, *conditions)
    return on_hold.correlate(CaseCount).scalar_subquery()


def _same_group() -> list[Any]:
    return [getattr(Case, name) == getattr(CaseCount, name) for name in _OF_GROUP]


@dataclass
class CountKeeper:
    """What a worker does for the counts from time to time."""

    sessions: sessionmaker[Session]
    clock: Clock
    _check_at: datetime | None = field(default=None, init=False)

    def run(self) -> None:
        """Add up what has changed; once a day, and at first, also check that the counts agree with the cases."""
        add_up(self.sessions)
        now = self.clock()
        if self._check_at is None or now >= self._check_at:
            self._check_at = now + CHECKED_EVERY  # also after one that fails: it reads every case
            correct(self.sessions)


def add_up(sessions: sessionmaker[Session]) -> None:
    """Make one row of the rows of each count, so that there are never many to read.

    What is summed is what this transaction removed: of two workers that do it at once, each row is summed by one.
    """
    several = select(*_COLUMNS).group_by(*_COLUMNS).having(func.count() > 1)
    removal = delete(CaseCount).where(tuple_(*_COLUMNS).in_(several)).returning(*_COLUMNS, CaseCount.cases)
    with sessions.begin() as session:
        sums: Tally[tuple[Any, ...]] = Tally()
        for *key, cases in session.execute(removal, execution_options={"synchronize_session": False}):
            sums[tuple(key)] += cases
        _insert(session, sums)


def correct(sessions: sessionmaker[Session]) -> int:
    """Compare the counts with the cases; how many were wrong, and now are right. It reads every case."""
    with sessions.begin() as session:
        if session.get_bind().dialect.name == "postgresql":  # two that correct at once would correct twice
            session.execute(text("SELECT pg_advisory_xact_lock(hashtext('arende case counts'))"))
        missing = {tuple(key): -surplus for *key, surplus in session.execute(_surpluses())}
        _insert(session, missing)
    if missing:
        CORRECTED.inc(len(missing))
        log.error("case_counts_corrected", counts=len(missing))
    return len(missing)


def _surpluses() -> Select[*tuple[Any, ...]]:
    """By how much each count exceeds the cases, where it differs; of one moment, as it is one statement."""
    due_by = case((Case.state.in_(OPEN), Case.due_by), else_=literal(NO_DEADLINE))
    of_cases = [getattr(Case, name) for name in _OF_GROUP]
    both = union_all(
        select(*_COLUMNS, CaseCount.cases.label("surplus")),
        select(*of_cases, due_by.label("due_by"), literal(-1).label("surplus")),
    ).subquery()
    key = [both.c[name] for name in _KEY]
    surplus = func.sum(both.c.surplus)
    return select(*key, surplus).group_by(*key).having(surplus != 0)


def _insert(session: Session, counts: Mapping[tuple[Any, ...], int]) -> None:
    rows = [dict(zip(_KEY, key, strict=True)) | {"cases": cases} for key, cases in counts.items() if cases]
    if rows:
        session.execute(insert(CaseCount), rows)
