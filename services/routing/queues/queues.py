"""The handling queues as officers work them: how they stand, what is in them, and taking the next case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.casework import take
from services.routing.actions.perform import ActionContext, ActionResult, counted, enact, fingerprint, keyed, repeated
from services.routing.cases.state_machine import Action, State
from services.routing.models import STILL_OPEN, Case, SubmissionCopy
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.swedish.time import local_date


class QueueNotFound(Exception):
    """There is no such queue among those that the officer may see."""


@dataclass(frozen=True)
class QueueState:
    """How a queue stands: `queued` wait for an officer, `in_hand` have one, `overdue` of both should be decided."""

    code: str
    name: dict[str, str]
    board: str
    queued: int = 0
    in_hand: int = 0
    overdue: int = 0
    oldest_received_at: datetime | None = None


class Sort(StrEnum):
    """What comes first: the nearest deadline, or what was received first."""

    DEADLINE = "deadline"
    AGE = "age"


class Whose(StrEnum):
    """Cases that the asking officer has, or that nobody has."""

    MINE = "mine"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class Filter:
    """Which of a queue's cases: `state` None means those still open; `number` is a part of the case number."""

    state: State | None = None
    whose: Whose | None = None
    eservice: str | None = None
    number: str | None = None


class Place(NamedTuple):
    """Where a page ended: what the next one begins after."""

    due_by: date
    received_at: datetime
    case_id: UUID


class Listed(NamedTuple):
    """A case as lists show it, with the law that applies: its e-service's `legal_regime`."""

    case: Case
    title: dict[str, str]
    regime: str


LISTED = (Case, SubmissionCopy.title, SubmissionCopy.handling["legal_regime"].as_string())


@dataclass(frozen=True)
class Page:
    """Some of the cases, and where to go on; `next` None: there are no more."""

    cases: Sequence[Listed]
    next: Place | None


def overview(
    officer: Officer, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> list[QueueState]:
    """Every queue of the officer's boards, also the empty ones, in the municipality's own order.

    A queue that the municipality no longer has, or has given to another board, is shown for as long as open cases of
    the officer's boards stand in it.
    """
    with sessions() as session:
        standing = {row.queue: row for row in session.execute(_standing(officer, local_date(now)))}
    mine = [queue.code for queue in organisation.queues.values() if officer.may_see_queue(queue)]
    return [_queue_state(code, organisation, standing.get(code)) for code in dict.fromkeys([*mine, *standing])]


def state_of(
    officer: Officer, queue: str, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> QueueState:
    """How one queue stands. Raises QueueNotFound."""
    with sessions() as session:
        _check_seen(session, officer, queue, organisation)
        row = session.execute(_standing(officer, local_date(now)).where(Case.queue == queue)).one_or_none()
    return _queue_state(queue, organisation, row)


def cases(
    officer: Officer,
    queue: str,
    wanted: Filter,
    organisation: Organisation,
    *,
    sort: Sort = Sort.DEADLINE,
    after: Place | None = None,
    limit: int = 50,
    sessions: sessionmaker[Session],
) -> Page:
    """A page of a queue's cases. Raises QueueNotFound."""
    order: tuple[Any, ...] = _ORDERS[sort]
    query = (
        select(*LISTED)
        .join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
        .where(officer.sees, Case.queue == queue, *_conditions(wanted, officer))
        .order_by(*order)
        .limit(limit + 1)
    )
    if after:
        query = query.where(_beyond(sort, after))
    with sessions() as session:
        _check_seen(session, officer, queue, organisation)
        found = [Listed(*row) for row in session.execute(query)]
    return Page(found[:limit], _place(found[limit - 1].case) if len(found) > limit else None)


def claim_next(
    officer: Officer,
    queue: str,
    organisation: Organisation,
    *,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult | None:
    """The officer takes the queue's case with the nearest deadline, the oldest of these; None when nothing waits.

    However many officers ask at once, each gets another case. Raises QueueNotFound, KeyReused.
    """
    asked = fingerprint("claim next", queue)

    def attempt() -> ActionResult | None:
        with sessions.begin() as session:
            _check_seen(session, officer, queue, organisation)
            if earlier := repeated(session, officer, key, asked):
                return earlier
            case = session.scalar(_next_of(officer, queue))
            if case is None:
                return None
            entry = enact(ActionContext(session, case, officer, now), Action.CLAIM, {"officer": officer.name}, take)
            entry.idempotency_key, entry.fingerprint = key, asked
            return ActionResult(case.id, case.number, case.status, case.sequence)

    with counted(officer.municipality, Action.CLAIM):
        return keyed(attempt)


_ORDERS = {
    Sort.DEADLINE: (Case.due_by, Case.received_at, Case.id),
    Sort.AGE: (Case.received_at, Case.id),
}


def _standing(officer: Officer, today: date) -> Select[*tuple[Any, ...]]:
    counts = (
        func.count().filter(Case.state == State.QUEUED).label("queued"),
        func.count().filter(Case.state != State.QUEUED).label("in_hand"),
        func.count().filter(Case.due_by < today).label("overdue"),
        func.min(Case.received_at).label("oldest"),
        func.min(Case.board).label("board"),
    )
    return select(Case.queue, *counts).where(officer.sees, STILL_OPEN).group_by(Case.queue)


def _queue_state(code: str, organisation: Organisation, row: Any) -> QueueState:
    queue = organisation.queue(code)
    if row is None:
        return QueueState(code, dict(queue.name), queue.board)
    return QueueState(
        code, dict(queue.name), queue.board or row.board, row.queued, row.in_hand, row.overdue, row.oldest
    )


def _conditions(wanted: Filter, officer: Officer) -> list[ColumnElement[bool]]:
    conditions: list[Any] = [Case.state == wanted.state if wanted.state else STILL_OPEN]
    if wanted.whose is Whose.MINE:
        conditions.append(Case.officer_subject == officer.subject)
    if wanted.whose is Whose.UNASSIGNED:
        conditions.append(Case.officer_subject.is_(None))
    if wanted.eservice:
        conditions.append(Case.eservice == wanted.eservice)
    if wanted.number:
        conditions.append(Case.number.icontains(wanted.number, autoescape=True))
    return conditions


def _beyond(sort: Sort, place: Place) -> ColumnElement[bool]:
    order: tuple[Any, ...] = _ORDERS[sort]
    values = {Case.due_by: place.due_by, Case.received_at: place.received_at, Case.id: place.case_id}
    return tuple_(*order) > tuple_(*(values[column] for column in order))


def _place(case: Case) -> Place:
    return Place(case.due_by, case.received_at, case.id)


def _next_of(officer: Officer, queue: str) -> Select[Case]:
    waiting = and_(officer.sees, Case.queue == queue, Case.state == State.QUEUED)
    return select(Case).where(waiting).order_by(*_ORDERS[Sort.DEADLINE]).limit(1).with_for_update(skip_locked=True)


def _check_seen(session: Session, officer: Officer, code: str, organisation: Organisation) -> None:
    """A queue of the officer's boards, or one that they have lost and that still holds cases of theirs."""
    queue = organisation.queues.get(code)
    if queue is not None and officer.may_see_queue(queue):
        return
    left = select(Case.id).where(officer.sees, Case.queue == code).limit(1)
    if session.scalar(left) is None:
        raise QueueNotFound
