"""The access log: who read which case, and when."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.routing.cases.models import Case, CaseRead
from services.routing.organisation.officers import Officer


def record_read(session: Session, case: Case, officer: Officer, *, at: datetime) -> None:
    """Record that the officer read the case, in the transaction that reads it: a case not shown is not recorded."""
    session.add(CaseRead(municipality=case.municipality, case_id=case.id, subject=officer.subject, at=at))
