"""Who has what: an officer's own cases, colleagues who can be given one, and the e-services that a queue holds."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from services.routing.models import STILL_OPEN, Case, SubmissionCopy
from services.routing.organisation.officers import Officer
from services.routing.queues.queues import LISTED, Listed, Page, Place


class Colleague(NamedTuple):
    """An officer with open cases of the same board: `subject` as their tokens have it."""

    subject: str
    name: str


class Eservice(NamedTuple):
    """An e-service with open cases in a queue."""

    code: str
    title: dict[str, str]


def own_cases(
    officer: Officer, *, after: Place | None = None, limit: int = 50, sessions: sessionmaker[Session]
) -> Page:
    """The open cases that the officer has, in whichever queues, the nearest deadline first."""
    order = (Case.due_by, Case.received_at, Case.id)
    query = (
        select(*LISTED)
        .join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
        .where(_own(officer))
        .order_by(*order)
        .limit(limit + 1)
    )
    if after:
        query = query.where(tuple_(*order) > tuple_(*after))
    with sessions() as session:
        found = [Listed(*row) for row in session.execute(query)]
    last = found[limit - 1].case if len(found) > limit else None
    return Page(found[:limit], Place(last.due_by, last.received_at, last.id) if last else None)


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


def _own(officer: Officer) -> ColumnElement[bool]:
    return officer.sees & (Case.officer_subject == officer.subject) & STILL_OPEN


def _title(session: Session, officer: Officer, queue: str, eservice: str) -> dict[str, str]:
    one = select(Case.eservice_title).where(officer.sees, Case.queue == queue, Case.eservice == eservice, STILL_OPEN)
    title: dict[str, str] = session.scalars(one.limit(1)).one()
    return title
