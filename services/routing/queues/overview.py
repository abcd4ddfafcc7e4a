"""How the handling queues stand, as officers see them: what waits, what is being handled, what is overdue."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import STILL_OPEN, Case
from services.routing.cases.state_machine import State
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
        check_seen(session, officer, queue, organisation)
        row = session.execute(_standing(officer, local_date(now)).where(Case.queue == queue)).one_or_none()
    return _queue_state(queue, organisation, row)


def check_seen(session: Session, officer: Officer, code: str, organisation: Organisation) -> None:
    """Raise QueueNotFound unless the queue is of the officer's boards, or was and still holds cases of theirs."""
    queue = organisation.queues.get(code)
    if queue is not None and officer.may_see_queue(queue):
        return
    left = select(Case.id).where(officer.sees, Case.queue == code).limit(1)
    if session.scalar(left) is None:
        raise QueueNotFound


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
