"""Holds: how one begins and ends, and those of a case. Each is a record of its own, which no move of a case touches."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.routing.cases.models import Case
from services.routing.holds.models import Hold, HoldOutcome


def begin(session: Session, case: Case, hold: Hold) -> None:
    """Put a locked case on hold, in place of the hold that it may have."""
    end(session, case, HoldOutcome.REPLACED, at=hold.begun_at)
    session.add(hold)
    case.on_hold_until = hold.until


def end(session: Session, case: Case, outcome: HoldOutcome, *, at: datetime) -> bool:
    """End the hold of a locked case; whether it was on hold."""
    if case.on_hold_until is None:
        return False
    of_case = update(Hold).where(Hold.case_id == case.id, Hold.ended_at.is_(None))
    session.execute(of_case.values(ended_at=at, outcome=outcome))
    case.on_hold_until = None
    return True


def holds_of(session: Session, case_id: UUID) -> list[Hold]:
    """All holds of a case, the oldest first."""
    return list(session.scalars(select(Hold).where(Hold.case_id == case_id).order_by(Hold.begun_at)))
