"""How many cases a queue's list has in all: exactly where that is kept or soon counted, else that there are more."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import OPEN_ON_HOLD, Case
from services.routing.cases.state_machine import OPEN, State
from services.routing.organisation.officers import Officer
from services.routing.queues.list_cases import CaseFilter, Whose, conditions_of
from services.routing.queues.models import CaseCount

MOST_COUNTED = 1000


class Total(NamedTuple):
    """How many cases there are; not `is_exact`: there are more."""

    cases: int
    is_exact: bool = True


def total(officer: Officer, queue: str, filters: CaseFilter, *, sessions: sessionmaker[Session]) -> Total:
    """How many cases of the queue the filter lets through, of those that the officer may see.

    What the filter's state alone decides is a sum of the counts that are kept; other cases are counted up to
    MOST_COUNTED.
    """
    with sessions() as session:
        states = _states(filters)
        if states is not None:
            kept = select(func.sum(CaseCount.cases)).where(
                officer.sees_of(CaseCount), CaseCount.queue == queue, CaseCount.state.in_(states)
            )
            on_hold = _on_hold(session, officer, queue, states) if filters.leaves_out_what_is_on_hold else 0
            return Total(max(0, (session.scalar(kept) or 0) - on_hold))
        found = select(Case.id).where(officer.sees, Case.queue == queue, *conditions_of(filters, officer))
        counted = session.scalar(select(func.count()).select_from(found.limit(MOST_COUNTED + 1).subquery())) or 0
    return Total(min(counted, MOST_COUNTED), counted <= MOST_COUNTED)


def _on_hold(session: Session, officer: Officer, queue: str, states: Sequence[State]) -> int:
    """Those that the list leaves out, though they are counted where they stand: never many."""
    found = select(func.count()).where(officer.sees, Case.queue == queue, Case.state.in_(states), OPEN_ON_HOLD)
    return session.scalar(found) or 0


def _states(filters: CaseFilter) -> tuple[State, ...] | None:
    """The states of the cases that the filter lets through, where it asks for nothing else."""
    asks_for_more = filters.eservice or filters.number or filters.must_be_decided_on or filters.tag or filters.on_hold
    if asks_for_more or filters.whose is Whose.MINE:
        return None
    states = (filters.state,) if filters.state else OPEN
    if filters.whose is Whose.UNASSIGNED:  # by the state machine the very cases that nobody has
        return tuple(each for each in states if each is State.QUEUED)
    return states
