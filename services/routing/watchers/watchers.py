"""Watching a case: an officer follows what happens in it, whoever handles it. No journal entry is written of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.find_case import seen_case
from services.routing.cases.models import Case
from services.routing.organisation.officers import Officer
from services.routing.watchers.models import Watcher
from shared.bulk import insert_new


def watch(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> None:
    """Let the officer follow the case from now on, if they do not yet. Raises CaseNotFound."""
    with sessions.begin() as session:
        case = seen_case(session, officer, case_id)
        row = {
            "case_id": case.id,
            "subject": officer.subject,
            "municipality": case.municipality,
            "name": officer.name,
            "since": now,
        }
        insert_new(session.connection(), Watcher, [row])


def unwatch(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session]) -> None:
    """Let the officer follow the case no longer, also where they may not see it any more."""
    own = (Watcher.municipality == officer.municipality, Watcher.subject == officer.subject)
    with sessions.begin() as session:
        session.execute(delete(Watcher).where(Watcher.case_id == case_id, *own))


def watched_by(officer: Officer) -> Select[UUID]:
    """The ids of the cases that the officer follows: to be joined with `officer.sees`, as these may have been moved."""
    own = (Watcher.municipality == officer.municipality, Watcher.subject == officer.subject)
    return select(Watcher.case_id).where(*own)


def watchers_of(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session]) -> Sequence[Watcher]:
    """Who follows a case that the officer may see, the longest first. Raises CaseNotFound."""
    with sessions() as session:
        return on_case(session, seen_case(session, officer, case_id))


def followers_of(session: Session, cases: Collection[Case]) -> Mapping[UUID, Sequence[str]]:
    """The subjects of those who follow each of the cases, in one statement, whether or not they still may see it."""
    found: dict[UUID, list[str]] = {case.id: [] for case in cases}
    of_cases = select(Watcher.case_id, Watcher.subject).where(Watcher.case_id.in_(found))
    for case_id, subject in session.execute(of_cases):
        found[case_id].append(subject)
    return found


def on_case(session: Session, case: Case) -> Sequence[Watcher]:
    """The same, of a case that the caller has found to be the officer's to see."""
    return session.scalars(select(Watcher).where(Watcher.case_id == case.id).order_by(Watcher.since)).all()
