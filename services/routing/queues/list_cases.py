"""The cases of a queue, and those that an officer has, page by page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import (
    ENDED,
    OPEN_ON_HOLD,
    STILL_OPEN,
    TO_BE_DECIDED,
    Case,
    SubmissionCopy,
    known_regime,
)
from services.routing.cases.state_machine import OPEN, State
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.number_search import has_number
from services.routing.queues.overview import check_seen
from services.routing.rules.rules import Priority
from services.routing.search.models import SearchDocument
from services.routing.tags.conditions import has_tag
from services.routing.watchers.watchers import watched_by
from shared.database import after_position
from shared.swedish.law import LegalRegime


class Sort(StrEnum):
    """What comes first: the nearest deadline, what was received first or last, or what is most urgent, by deadline.

    Cases that are not open are no longer urgent: by priority, these come by deadline.
    """

    DEADLINE = "deadline"
    AGE = "age"
    NEWEST = "newest"
    PRIORITY = "priority"


class Whose(StrEnum):
    """Cases that the officer who lists them has, or that nobody has."""

    MINE = "mine"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class CaseFilter:
    """Which of a queue's cases: `state` None means those still open; `number` is as `has_number` takes it.

    `must_be_decided_on`: only those that on that day come first, as their deadline has passed and they must be decided.
    `on_hold`: only those; otherwise open cases that are on hold are listed only by their number, and when they must be
    decided.
    """

    state: State | None = None
    whose: Whose | None = None
    eservice: str | None = None
    number: str | None = None
    must_be_decided_on: date | None = None
    on_hold: bool = False
    tag: str | None = None

    @property
    def leaves_out_what_is_on_hold(self) -> bool:
        """Whether it gives what is to be worked with now."""
        return self.state in (None, *OPEN) and not (self.on_hold or self.number or self.must_be_decided_on)


class PagePosition(NamedTuple):
    """Where a page ended: what the next one begins after."""

    due_by: date
    received_at: datetime
    case_id: UUID
    priority: int


class ListedCase(NamedTuple):
    """A case as lists show it, with the law that it is handled under and the place that it is about."""

    case: Case
    title: dict[str, str]
    regime: LegalRegime
    place: str | None


@dataclass(frozen=True)
class CasePage:
    """Some of the cases, and where to go on; `next` None: there are no more."""

    cases: Sequence[ListedCase]
    next: PagePosition | None


def queue_cases(
    officer: Officer,
    queue: str,
    filters: CaseFilter,
    organisation: Organisation,
    *,
    sort: Sort = Sort.DEADLINE,
    after: PagePosition | None = None,
    limit: int = 50,
    sessions: sessionmaker[Session],
) -> CasePage:
    """A page of a queue's cases. Raises QueueNotFound."""
    sort = _sort_of(filters, sort)
    conditions = (officer.sees, Case.queue == queue, *conditions_of(filters, officer))
    with sessions() as session:
        check_seen(session, officer, queue, organisation)
        return _page(session, (each.where(*conditions) for each in _listed(sort, after)), limit)


def every_case(
    officer: Officer,
    queue: str,
    filters: CaseFilter,
    organisation: Organisation,
    *,
    sort: Sort,
    limit: int,
    sessions: sessionmaker[Session],
) -> list[tuple[UUID, int]]:
    """The ids and versions of a queue's cases, as `queue_cases` orders them, `limit` at most. Raises QueueNotFound."""
    sort = _sort_of(filters, sort)
    query = select(Case.id, Case.sequence).where(officer.sees, Case.queue == queue, *conditions_of(filters, officer))
    with sessions() as session:
        check_seen(session, officer, queue, organisation)
        return [(row.id, row.sequence) for row in session.execute(query.order_by(*_order(sort)).limit(limit))]


def own_cases(
    officer: Officer,
    *,
    on_hold: bool = False,
    after: PagePosition | None = None,
    limit: int = 50,
    sessions: sessionmaker[Session],
) -> CasePage:
    """The open cases that the officer has, in whichever queues, the nearest deadline first: those on hold, or not."""
    of_officer = (officer.sees, Case.officer_subject == officer.subject, STILL_OPEN, _is_on_hold(on_hold))
    with sessions() as session:
        return _page(session, (each.where(*of_officer) for each in _listed(Sort.DEADLINE, after)), limit)


def watched_cases(
    officer: Officer, *, after: PagePosition | None = None, limit: int = 50, sessions: sessionmaker[Session]
) -> CasePage:
    """The cases that the officer follows until they are closed, the nearest deadline first."""
    followed = (officer.sees, Case.id.in_(watched_by(officer)), Case.state != State.CLOSED)
    with sessions() as session:
        return _page(session, (each.where(*followed) for each in _listed(Sort.DEADLINE, after)), limit)


def own_on_hold(officer: Officer, *, sessions: sessionmaker[Session]) -> int:
    """How many of the officer's open cases are on hold."""
    own = select(func.count()).select_from(Case).where(officer.sees, Case.officer_subject == officer.subject)
    with sessions() as session:
        return session.scalar(own.where(OPEN_ON_HOLD)) or 0


def cases_with_ids(
    officer: Officer, case_ids: Sequence[UUID], *, sessions: sessionmaker[Session]
) -> Sequence[ListedCase]:
    """Those of the cases that the officer may see, in the order of their ids."""
    with sessions() as session:
        query = _sorted(Sort.AGE, None).where(officer.sees, Case.id.in_(case_ids))
        found = {each.case.id: each for each in _page(session, [query], len(case_ids)).cases}
    return [found[each] for each in case_ids if each in found]


ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.DEADLINE: (Case.due_by, Case.received_at, Case.id),
    Sort.AGE: (Case.received_at, Case.id),
    Sort.NEWEST: (Case.received_at, Case.id),
}


def _listed(sort: Sort, after: PagePosition | None) -> Iterator[Select[*tuple[Any, ...]]]:
    """What gives the cases in their order from where the page begins; by priority, one query for each."""
    if sort is not Sort.PRIORITY:
        yield _sorted(sort, after)
        return
    for priority in sorted(Priority, reverse=True):
        if after is None or priority <= after.priority:
            begun = after if after and priority == after.priority else None
            yield _sorted(Sort.DEADLINE, begun).where(Case.priority == priority)


def _sorted(sort: Sort, after: PagePosition | None) -> Select[*tuple[Any, ...]]:
    regime = SubmissionCopy.handling["legal_regime"].as_string()
    query = select(Case, SubmissionCopy.title, regime, SearchDocument.place)
    query = query.join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    query = query.outerjoin(SearchDocument, SearchDocument.case_id == Case.id)
    begins = after_position(ORDERS[sort], _sort_values(sort, after), descending=sort is Sort.NEWEST)
    return query.where(begins).order_by(*_order(sort))


def _sort_of(filters: CaseFilter, sort: Sort) -> Sort:
    """By deadline where what is listed is no longer urgent."""
    return Sort.DEADLINE if sort is Sort.PRIORITY and filters.state not in (None, *OPEN) else sort


def _order(sort: Sort) -> Sequence[Any]:
    if sort is Sort.PRIORITY:
        return (Case.priority.desc(), *ORDERS[Sort.DEADLINE])
    return [column.desc() if sort is Sort.NEWEST else column for column in ORDERS[sort]]


def _sort_values(sort: Sort, position: PagePosition | None) -> Sequence[Any] | None:
    if position is None:
        return None
    by_deadline = position.due_by, position.received_at, position.case_id
    return by_deadline if sort is Sort.DEADLINE else by_deadline[1:]


def _page(session: Session, queries: Iterable[Select[*tuple[Any, ...]]], limit: int) -> CasePage:
    """A page of what the queries give, one after the other."""
    rows: list[Any] = []
    for query in queries:
        rows += session.execute(query.limit(limit + 1 - len(rows)))
        if len(rows) > limit:
            break
    found = [ListedCase(case, title, known_regime(regime), place) for case, title, regime, place in rows]
    last = found[limit - 1].case if len(found) > limit else None
    return CasePage(found[:limit], _position(last) if last else None)


def _position(case: Case) -> PagePosition:
    return PagePosition(case.due_by, case.received_at, case.id, case.priority)


def _is_on_hold(on_hold: bool) -> ColumnElement[bool]:
    return Case.on_hold_until.is_not(None) if on_hold else Case.on_hold_until.is_(None)


def expired(today: date) -> ColumnElement[bool]:
    """The condition that a case comes first on this day: its deadline has passed, and it must be decided."""
    return and_(TO_BE_DECIDED, Case.due_by < today)


def conditions_of(filters: CaseFilter, officer: Officer) -> list[ColumnElement[bool]]:
    """The conditions on `Case` of a filter."""
    is_open = filters.state is None or filters.state in OPEN
    conditions: list[Any] = [STILL_OPEN if is_open else ENDED]
    if filters.state:
        conditions.append(Case.state == filters.state)
    if filters.whose is Whose.MINE:
        conditions.append(Case.officer_subject == officer.subject)
    if filters.whose is Whose.UNASSIGNED:
        conditions.append(Case.state == State.QUEUED)  # by the state machine the very cases that nobody has
    if filters.eservice:
        conditions.append(Case.eservice == filters.eservice)
    if filters.must_be_decided_on:
        conditions.append(expired(filters.must_be_decided_on))
    if filters.number:
        conditions.append(has_number(filters.number))
    if filters.tag:
        conditions.append(has_tag(filters.tag))
    return [*conditions, *_hold_conditions(filters)]


def _hold_conditions(filters: CaseFilter) -> list[Any]:
    if filters.on_hold:
        return [OPEN_ON_HOLD]
    return [_is_on_hold(False)] if filters.leaves_out_what_is_on_hold else []
