"""How the handling queues stand, as officers see them: what waits, what is being handled, what is overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.state_machine import State
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.counts import OpenCases, by_queue, oldest, open_cases
from services.routing.queues.models import CaseCount
from shared.swedish.time import local_date


class QueueNotFound(Exception):
    """There is no such queue among those that the officer may see."""


@dataclass(frozen=True)
class QueueState:
    """How a queue stands: `queued` wait for an officer, `in_hand` have one; `on_hold` are in neither until they return.

    `overdue` of all three should be decided. `has_next`: there is a case to claim, also one that is on hold and must
    be decided all the same.
    """

    code: str
    name: dict[str, str]
    board: str
    queued: int = 0
    in_hand: int = 0
    on_hold: int = 0
    overdue: int = 0
    oldest_received_at: datetime | None = None
    has_next: bool = False


def overview(
    officer: Officer, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> list[QueueState]:
    """Every queue of the officer's boards, also the empty ones, in the municipality's own order.

    A queue that the municipality no longer has, or has given to another board, is shown for as long as open cases of
    the officer's boards stand in it.
    """
    with sessions() as session:
        found = open_cases(session, local_date(now), officer.sees_of(CaseCount))
    standing = {queue: of_queue for (_, queue), of_queue in by_queue(found).items()}
    mine = [queue.code for queue in organisation.queues.values() if officer.may_see_queue(queue)]
    return [_queue_state(code, organisation, standing.get(code, [])) for code in dict.fromkeys([*mine, *standing])]


def state_of(
    officer: Officer, queue: str, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> QueueState:
    """How one queue stands. Raises QueueNotFound."""
    with sessions() as session:
        check_seen(session, officer, queue, organisation)
        found = open_cases(session, local_date(now), officer.sees_of(CaseCount), CaseCount.queue == queue)
    return _queue_state(queue, organisation, found)


def check_seen(session: Session, officer: Officer, code: str, organisation: Organisation) -> None:
    """Raise QueueNotFound unless the queue is of the officer's boards, or was and still holds cases of theirs."""
    queue = organisation.queues.get(code)
    if queue is not None and officer.may_see_queue(queue):
        return
    left = select(func.sum(CaseCount.cases)).where(officer.sees_of(CaseCount), CaseCount.queue == code)
    if not session.scalar(left):
        raise QueueNotFound


def _queue_state(code: str, organisation: Organisation, found: Sequence[OpenCases]) -> QueueState:
    queue = organisation.queue(code)
    on_hold = sum(each.on_hold for each in found)
    waiting = [each for each in found if each.state == State.QUEUED]
    queued = sum(each.cases - each.on_hold for each in waiting)
    return QueueState(
        code,
        dict(queue.name),
        queue.board or min((each.board for each in found), default=""),
        queued=queued,
        in_hand=sum(each.cases for each in found) - queued - on_hold,
        on_hold=on_hold,
        overdue=sum(each.overdue for each in found),
        oldest_received_at=oldest(found),
        has_next=queued > 0 or any(each.must_be_decided for each in waiting),
    )
