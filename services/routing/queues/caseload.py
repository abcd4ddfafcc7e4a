"""What the open cases show: colleagues who can be given one, and the e-services that a queue holds."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import STILL_OPEN, Case
from services.routing.organisation.officers import Officer


class Colleague(NamedTuple):
    """An officer with open cases of the same board: `subject` as their tokens have it."""

    subject: str
    name: str


class Eservice(NamedTuple):
    """An e-service with open cases in a queue."""

    code: str
    title: dict[str, str]


def colleagues(officer: Officer, board: str, *, sessions: sessionmaker[Session]) -> list[Colleague]:
    """The officer, and everybody who has an open case of the board, by name."""
    having = (
        select(Case.officer_subject, Case.officer_name)
        .where(officer.sees, Case.board == board, STILL_OPEN, Case.officer_subject.is_not(None))
        .distinct()
    )
    with sessions() as session:
        found = {subject: name for subject, name in session.execute(having) if subject and name}
    found[officer.subject] = officer.name
    return sorted((Colleague(subject, name) for subject, name in found.items()), key=lambda each: each.name)


def eservices_in(officer: Officer, queue: str, *, sessions: sessionmaker[Session]) -> list[Eservice]:
    """The e-services that the queue's open cases came by, by code."""
    codes = select(Case.eservice).where(officer.sees, Case.queue == queue, STILL_OPEN).distinct()
    with sessions() as session:
        return [Eservice(code, _title(session, officer, queue, code)) for code in sorted(session.scalars(codes).all())]


def _title(session: Session, officer: Officer, queue: str, eservice: str) -> dict[str, str]:
    one = select(Case.eservice_title).where(officer.sees, Case.queue == queue, Case.eservice == eservice, STILL_OPEN)
    title: dict[str, str] = session.scalars(one.limit(1)).one()
    return title
