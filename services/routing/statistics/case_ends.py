"""Noting how each case ended, in the transaction that ends it."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.routing.cases.models import NO_DEADLINE, Case, JournalEntry
from services.routing.cases.state_machine import OPEN, Action
from services.routing.statistics.models import CaseEnd
from shared.swedish.time import local_date

_TAKEN = (Action.CLAIM, Action.ASSIGN)


def note_end(session: Session, case: Case, state_before: str, *, at: datetime) -> None:
    """Note that the case, which is locked and in its new state, has ended, or where it was reopened that it has not."""
    with session.no_autoflush:  # the journal's new entry is not complete yet, and never changes once it is written
        if state_before in OPEN and case.state not in OPEN:
            session.merge(_end_of(session, case, at))
        elif state_before not in OPEN and case.state in OPEN:
            session.execute(delete(CaseEnd).where(CaseEnd.case_id == case.id))


def _end_of(session: Session, case: Case, at: datetime) -> CaseEnd:
    received_on, ended_on = local_date(case.received_at), local_date(at)
    taken = select(func.min(JournalEntry.at)).where(JournalEntry.case_id == case.id, JournalEntry.action.in_(_TAKEN))
    taken_at: datetime | None = session.scalar(taken)
    return CaseEnd(
        case_id=case.id,
        municipality=case.municipality,
        board=case.board,
        protected=case.protected,
        queue=case.queue,
        eservice=case.eservice,
        ended_on=ended_on,
        days=(ended_on - received_on).days,
        days_in_queue=(local_date(taken_at) - received_on).days if taken_at else None,
        in_time=None if case.due_by == NO_DEADLINE else ended_on <= case.due_by,
    )
