"""Finding a case, and locking it for an action."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.cases.errors import CaseNotKnownYet
from services.routing.cases.models import Case


def locked_case(session: Session, municipality: str, case_id: UUID) -> Case | None:
    """The municipality's case of this id, locked, where there is one."""
    query = select(Case).where(Case.municipality == municipality, Case.id == case_id)
    return session.scalar(query.with_for_update())


def locked_case_of_submission(session: Session, municipality: str, submission_id: UUID) -> Case | None:
    """The case of a submission, locked, where there is one."""
    query = select(Case).where(Case.municipality == municipality, Case.submission_id == submission_id)
    return session.scalar(query.with_for_update())


def known_case_of_submission(session: Session, municipality: str, submission_id: UUID) -> Case:
    """The case of a submission, locked; CaseNotKnownYet when it is not registered yet."""
    case = locked_case_of_submission(session, municipality, submission_id)
    if case is None:
        raise CaseNotKnownYet
    return case
