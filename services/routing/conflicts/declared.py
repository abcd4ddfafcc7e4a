"""Which officers have declared a conflict of interest in a case (FL 16-18 §§): they have no part in handling it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.state_machine import Action
from services.routing.conflicts.models import ConflictOfInterest
from shared.bulk import one_of


def has_declared(session: Session, case_id: UUID, subject: str) -> bool:
    """Whether the officer of this subject has declared one in the case."""
    return session.get(ConflictOfInterest, (case_id, subject)) is not None


def declared_in(session: Session, cases: Collection[UUID], subject: str) -> frozenset[UUID]:
    """Those of the cases in which the officer of this subject has declared one."""
    of_subject = select(ConflictOfInterest.case_id).where(ConflictOfInterest.subject == subject)
    return frozenset(session.scalars(of_subject.where(one_of(ConflictOfInterest.case_id, "ids")), {"ids": [*cases]}))


def subjects_in(session: Session, case_id: UUID) -> frozenset[str]:
    """The subjects of those who have declared one in the case."""
    return frozenset(session.scalars(select(ConflictOfInterest.subject).where(ConflictOfInterest.case_id == case_id)))


def name_of_declarer(session: Session, case_id: UUID, subject: str) -> str:
    """The name under which the officer of this subject last declared one in the case."""
    declared = select(JournalEntry.actor_name).where(
        JournalEntry.case_id == case_id,
        JournalEntry.action == Action.DECLARE_CONFLICT,
        JournalEntry.actor_subject == subject,
    )
    return session.scalars(declared.order_by(JournalEntry.sequence.desc()).limit(1)).one() or ""


def declared_by(subject: str | InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """The condition on `Case` that the officer of this subject has declared one in it."""
    return exists().where(ConflictOfInterest.case_id == Case.id, ConflictOfInterest.subject == subject)
