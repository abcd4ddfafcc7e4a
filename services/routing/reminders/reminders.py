"""Reminders of cases: private, or for whoever has the case; due on a day, finished or removed by an officer.

They are working notes and no part of the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, or_, select, union
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.find_case import seen_case
from services.routing.cases.keyed_ids import id_of
from services.routing.cases.models import DECIDED_WITH_OFFICER, STILL_OPEN, Case
from services.routing.organisation.officers import Officer
from services.routing.reminders.models import Reminder
from shared.database import after_position
from shared.idempotency import KeyReused


class ReminderNotFound(Exception):
    """There is no such open reminder among those that the officer may see."""


class ReminderPosition(NamedTuple):
    """Where a page of reminders ended."""

    due_on: date
    reminder_id: UUID


class RemindedCase(NamedTuple):
    """A reminder, and the case that it is about."""

    reminder: Reminder
    case: Case


@dataclass(frozen=True)
class ReminderPage:
    """Some of the reminders, the first due first; `next` None: there are no more."""

    reminders: Sequence[RemindedCase]
    next: ReminderPosition | None


def add(
    officer: Officer,
    case_id: UUID,
    text: str,
    due_on: date,
    *,
    private: bool = False,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Reminder:
    """Have the officer, or whoever has the case then, reminded of it on a day. Raises CaseNotFound, KeyReused."""
    with sessions.begin() as session:
        case = seen_case(session, officer, case_id)
        reminder_id = id_of(officer, case.id, key)
        if earlier := session.get(Reminder, reminder_id):
            if (earlier.text, earlier.due_on, earlier.private) != (text, due_on, private):
                raise KeyReused
            return earlier
        reminder = Reminder(
            id=reminder_id,
            case_id=case.id,
            municipality=case.municipality,
            text=text,
            due_on=due_on,
            private=private,
            created_at=now,
            created_by_subject=officer.subject,
            created_by=officer.name,
        )
        session.add(reminder)
        return reminder


def finish(officer: Officer, reminder_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> UUID:
    """Mark the reminder as dealt with; the id of its case. Raises ReminderNotFound."""
    with sessions.begin() as session:
        reminder = _open_reminder(session, officer, reminder_id)
        reminder.finished_at = now
        return reminder.case_id


def remove(officer: Officer, reminder_id: UUID, *, sessions: sessionmaker[Session]) -> UUID:
    """Delete the reminder; the id of its case. Raises ReminderNotFound."""
    with sessions.begin() as session:
        reminder = _open_reminder(session, officer, reminder_id)
        session.delete(reminder)
        return reminder.case_id


def reminders_of(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session]) -> Sequence[Reminder]:
    """The open reminders of a case that the officer may see, the first due first. Raises CaseNotFound."""
    with sessions() as session:
        return on_case(session, officer, seen_case(session, officer, case_id))


def on_case(session: Session, officer: Officer, case: Case) -> Sequence[Reminder]:
    """The same, of a case that the caller has found to be the officer's to see."""
    of_case = select(Reminder).where(Reminder.case_id == case.id, Reminder.finished_at.is_(None), _visible(officer))
    return session.scalars(of_case.order_by(Reminder.due_on, Reminder.id)).all()


def reminders_due(
    officer: Officer,
    by: date,
    *,
    after: ReminderPosition | None = None,
    limit: int = 50,
    sessions: sessionmaker[Session],
) -> ReminderPage:
    """The open reminders due by a day that the officer made, or of a case that the officer has, until it is closed."""
    concerning = _concerning(officer, by).subquery()
    query = select(Reminder, Case).join(concerning, concerning.c.id == Reminder.id)
    query = query.join(Case, Case.id == Reminder.case_id).where(officer.sees)
    order = (Reminder.due_on, Reminder.id)
    query = query.where(after_position(order, after)).order_by(*order)
    with sessions() as session:
        found = [RemindedCase(*row) for row in session.execute(query.limit(limit + 1))]
    last = found[limit - 1].reminder if len(found) > limit else None
    return ReminderPage(found[:limit], ReminderPosition(last.due_on, last.id) if last else None)


def _concerning(officer: Officer, by: date) -> CompoundSelect[Any]:
    """Three conditions that have an index each: by who made it, and by who has the case, open or decided."""
    due = (Reminder.municipality == officer.municipality, Reminder.finished_at.is_(None), Reminder.due_on <= by)
    own = select(Reminder.id).where(*due, Reminder.created_by_subject == officer.subject)
    of_case = select(Reminder.id).join(Case, Case.id == Reminder.case_id).where(*due, Reminder.private.is_(False))
    of_theirs = of_case.where(officer.sees, Case.officer_subject == officer.subject)
    return union(own, of_theirs.where(STILL_OPEN), of_theirs.where(DECIDED_WITH_OFFICER))


def _visible(officer: Officer) -> ColumnElement[bool]:
    return or_(Reminder.private.is_(False), Reminder.created_by_subject == officer.subject)


def _open_reminder(session: Session, officer: Officer, reminder_id: UUID) -> Reminder:
    query = select(Reminder).join(Case, Case.id == Reminder.case_id).where(officer.sees, _visible(officer))
    query = query.where(Reminder.id == reminder_id, Reminder.finished_at.is_(None))
    reminder = session.scalar(query.with_for_update(of=Reminder))
    if reminder is None:
        raise ReminderNotFound
    return reminder
