"""The cases of a queue, and those that an officer has, page by page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import (
    ENDED,
    OPEN_ON_HOLD,
    STILL_OPEN,
    Case,
    SubmissionCopy,
    expired,
    known_regime,
)
from services.routing.cases.state_machine import OPEN, State
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.number_search import has_number
from services.routing.queues.overview import check_seen
from services.routing.queues.sorting import OF_ENDED, PagePosition, Part, Sort, by_deadline, parts, position
from services.routing.search.models import SearchDocument
from services.routing.tags.conditions import has_tag
from services.routing.watchers.watchers import watched_by
from shared.swedish.law import LegalRegime


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
    conditions = (officer.sees, Case.queue == queue, *conditions_of(filters, officer))
    with sessions() as session:
        check_seen(session, officer, queue, organisation)
        return _page(session, parts(session, officer, queue, sort_of(filters, sort), after), limit, *conditions)


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
    query = select(Case.id, Case.sequence).where(officer.sees, Case.queue == queue, *conditions_of(filters, officer))
    found: list[tuple[UUID, int]] = []
    with sessions() as session:
        check_seen(session, officer, queue, organisation)
        for part in parts(session, officer, queue, sort_of(filters, sort), None):
            found += [(row.id, row.sequence) for row in session.execute(part.of(query).limit(limit - len(found)))]
            if len(found) == limit:
                break
    return found


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
        return _page(session, [by_deadline(after)], limit, *of_officer)


def watched_cases(
    officer: Officer, *, after: PagePosition | None = None, limit: int = 50, sessions: sessionmaker[Session]
) -> CasePage:
    """The cases that the officer follows until they are closed, the nearest deadline first."""
    followed = (officer.sees, Case.id.in_(watched_by(officer)), Case.state != State.CLOSED)
    with sessions() as session:
        return _page(session, [by_deadline(after)], limit, *followed)


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
        page = _page(session, [by_deadline(None)], len(case_ids), officer.sees, Case.id.in_(case_ids))
    found = {each.case.id: each for each in page.cases}
    return [found[each] for each in case_ids if each in found]


def sort_of(filters: CaseFilter, sort: Sort) -> Sort:
    """The order that the cases of a filter can have: by deadline where they are not open and have none such."""
    return sort if filters.state in (None, *OPEN) or sort in OF_ENDED else Sort.DEADLINE


def _page(session: Session, in_order: Iterable[Part], limit: int, *conditions: Any) -> CasePage:
    """A page of the cases that fulfil the conditions, one part of their order after the other."""
    query = _listed().where(*conditions)
    rows: list[tuple[str, Any]] = []
    for part in in_order:
        rows += [(part.group, row) for row in session.execute(part.of(query).limit(limit + 1 - len(rows)))]
        if len(rows) > limit:
            break
    found = [ListedCase(case, title, known_regime(regime), place) for _, (case, title, regime, place) in rows[:limit]]
    group = rows[limit - 1][0] if len(rows) > limit else None
    return CasePage(found, None if group is None else position(found[-1].case, group))


def _listed() -> Select[*tuple[Any, ...]]:
    regime = SubmissionCopy.handling["legal_regime"].as_string()
    query = select(Case, SubmissionCopy.title, regime, SearchDocument.place)
    query = query.join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    return query.outerjoin(SearchDocument, SearchDocument.case_id == Case.id)


def _is_on_hold(on_hold: bool) -> ColumnElement[bool]:
    return Case.on_hold_until.is_not(None) if on_hold else Case.on_hold_until.is_(None)


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
