"""The cases of a queue, and those that an officer has, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import STILL_OPEN, TO_BE_DECIDED, Case, SubmissionCopy, known_regime
from services.routing.cases.state_machine import State
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.number_search import has_number
from services.routing.queues.overview import check_seen
from services.routing.search.models import SearchDocument
from shared.database import after_position
from shared.swedish.law import LegalRegime


class Sort(StrEnum):
    """What comes first: the nearest deadline, or what was received first."""

    DEADLINE = "deadline"
    AGE = "age"


class Whose(StrEnum):
    """Cases that the officer who lists them has, or that nobody has."""

    MINE = "mine"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class CaseFilter:
    """Which of a queue's cases: `state` None means those still open; `number` is as `has_number` takes it.

    `must_be_decided_on`: only those that on that day come first, as their deadline has passed and they must be decided.
    """

    state: State | None = None
    whose: Whose | None = None
    eservice: str | None = None
    number: str | None = None
    must_be_decided_on: date | None = None


class PagePosition(NamedTuple):
    """Where a page ended: what the next one begins after."""

    due_by: date
    received_at: datetime
    case_id: UUID


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
    query = _listed(sort, after).where(officer.sees, Case.queue == queue, *_conditions(filters, officer))
    with sessions() as session:
        check_seen(session, officer, queue, organisation)
        return _page(session, query, limit)


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
    query = select(Case.id, Case.sequence).where(officer.sees, Case.queue == queue, *_conditions(filters, officer))
    with sessions() as session:
        check_seen(session, officer, queue, organisation)
        return [(row.id, row.sequence) for row in session.execute(query.order_by(*ORDERS[sort]).limit(limit))]


def own_cases(
    officer: Officer, *, after: PagePosition | None = None, limit: int = 50, sessions: sessionmaker[Session]
) -> CasePage:
    """The open cases that the officer has, in whichever queues, the nearest deadline first."""
    query = _listed(Sort.DEADLINE, after).where(officer.sees, Case.officer_subject == officer.subject, STILL_OPEN)
    with sessions() as session:
        return _page(session, query, limit)


ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.DEADLINE: (Case.due_by, Case.received_at, Case.id),
    Sort.AGE: (Case.received_at, Case.id),
}


def _listed(sort: Sort, after: PagePosition | None) -> Select[*tuple[Any, ...]]:
    regime = SubmissionCopy.handling["legal_regime"].as_string()
    query = select(Case, SubmissionCopy.title, regime, SearchDocument.place)
    query = query.join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    query = query.outerjoin(SearchDocument, SearchDocument.case_id == Case.id)
    return query.where(after_position(ORDERS[sort], _sort_values(sort, after))).order_by(*ORDERS[sort])


def _sort_values(sort: Sort, position: PagePosition | None) -> Sequence[Any] | None:
    if position is None:
        return None
    return position if sort is Sort.DEADLINE else position[1:]


def _page(session: Session, query: Select[*tuple[Any, ...]], limit: int) -> CasePage:
    rows = session.execute(query.limit(limit + 1)).all()
    found = [ListedCase(case, title, known_regime(regime), place) for case, title, regime, place in rows]
    last = found[limit - 1].case if len(found) > limit else None
    return CasePage(found[:limit], PagePosition(last.due_by, last.received_at, last.id) if last else None)


def expired(today: date) -> ColumnElement[bool]:
    """The condition that a case comes first on this day: its deadline has passed, and it must be decided."""
    return and_(TO_BE_DECIDED, Case.due_by < today)


def _conditions(filters: CaseFilter, officer: Officer) -> list[ColumnElement[bool]]:
    conditions: list[Any] = [Case.state == filters.state if filters.state else STILL_OPEN]
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
    return conditions
