"""Sub-tasks: parts of the work with a case, each given to an officer. They are working notes, not in the journal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.cases.find_case import seen_case
from services.routing.cases.keyed_ids import id_of
from services.routing.cases.models import NO_DEADLINE, Case
from services.routing.conflicts.declared import has_declared
from services.routing.directory.find import as_officer, known_officer, known_officers
from services.routing.directory.models import KnownOfficer
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.subtasks.models import Subtask
from shared.bulk import one_of
from shared.database import after_position
from shared.idempotency import KeyReused


class SubtaskNotFound(Exception):
    """There is no such open sub-task among those that the officer may see."""


class SubtaskPosition(NamedTuple):
    """Where a page of sub-tasks ended."""

    due_by: date
    subtask_id: UUID


class CaseSubtask(NamedTuple):
    """A sub-task, and the case that it belongs to."""

    subtask: Subtask
    case: Case


@dataclass(frozen=True)
class SubtaskPage:
    """Some of the sub-tasks, the first due first; `next` None: there are no more."""

    subtasks: Sequence[CaseSubtask]
    next: SubtaskPosition | None


def add(
    officer: Officer,
    case_id: UUID,
    text: str,
    *,
    assignee_subject: str,
    due_on: date | None = None,
    organisation: Organisation,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Subtask:
    """Give an officer of the directory (`assignee_subject` as their tokens have it) a part of the work with the case.

    Raises InvalidInput where there is none of that subject, or one who may not see the case; CaseNotFound, KeyReused.
    """
    with sessions.begin() as session:
        case = seen_case(session, officer, case_id)
        assignee = _assignee(session, case, assignee_subject, organisation)
        subtask = Subtask(
            id=id_of(officer, case.id, key),
            case_id=case.id,
            municipality=case.municipality,
            text=text,
            assignee_subject=assignee_subject,
            assignee_name=assignee.name,
            due_by=due_on or NO_DEADLINE,
            created_at=now,
            created_by_subject=officer.subject,
            created_by=officer.name,
        )
        if earlier := session.get(Subtask, subtask.id):
            if _content(earlier) != _content(subtask):
                raise KeyReused
            return earlier
        session.add(subtask)
        return subtask


def reassign(
    officer: Officer,
    subtask_id: UUID,
    assignee_subject: str,
    *,
    organisation: Organisation,
    sessions: sessionmaker[Session],
) -> Subtask:
    """Give the sub-task to another officer of the directory, whoever has it. Raises SubtaskNotFound, and as `add`."""
    with sessions.begin() as session:
        subtask = _open_one(session, officer, subtask_id)
        assignee = _assignee(session, session.get_one(Case, subtask.case_id), assignee_subject, organisation)
        if assignee.subject != subtask.assignee_subject:
            subtask.handed_on_by, subtask.handed_on_from = officer.name, subtask.assignee_name
            subtask.assignee_subject, subtask.assignee_name = assignee.subject, assignee.name
        return subtask


def finish(officer: Officer, subtask_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> UUID:
    """Mark the sub-task as finished, whoever it was given to; the id of its case. Raises SubtaskNotFound."""
    with sessions.begin() as session:
        subtask = _open_one(session, officer, subtask_id)
        subtask.finished_at, subtask.finished_by = now, officer.name
        return subtask.case_id


def subtasks_of(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session]) -> Sequence[Subtask]:
    """All sub-tasks of a case, the oldest first. Raises CaseNotFound."""
    with sessions() as session:
        return on_case(session, seen_case(session, officer, case_id))


def on_case(session: Session, case: Case) -> Sequence[Subtask]:
    """The same, of a case that the caller has found to be the officer's to see."""
    of_case = select(Subtask).where(Subtask.case_id == case.id)
    return session.scalars(of_case.order_by(Subtask.created_at, Subtask.id)).all()


def who_may_not_see(
    session: Session, case: Case, subtasks: Sequence[Subtask], organisation: Organisation
) -> frozenset[str]:
    """The subjects of those who have open sub-tasks of the case and may not see it any more: it was moved meanwhile."""
    subjects = {each.assignee_subject for each in subtasks if each.finished_at is None}
    known = known_officers(session, case.municipality, subjects)
    return frozenset(each.subject for each in known if not as_officer(each, organisation).may_see(case))


def own_subtasks(
    officer: Officer, *, after: SubtaskPosition | None = None, limit: int = 50, sessions: sessionmaker[Session]
) -> SubtaskPage:
    """The open sub-tasks that the officer has, of cases that they may see, the first due first."""
    own = (Subtask.municipality == officer.municipality, Subtask.assignee_subject == officer.subject)
    query = select(Subtask, Case).join(Case, Case.id == Subtask.case_id)
    query = query.where(officer.sees, *own, Subtask.finished_at.is_(None))
    order = (Subtask.due_by, Subtask.id)
    query = query.where(after_position(order, after)).order_by(*order).limit(limit + 1)
    with sessions() as session:
        found = [CaseSubtask(*row) for row in session.execute(query)]
    last = found[limit - 1].subtask if len(found) > limit else None
    return SubtaskPage(found[:limit], SubtaskPosition(last.due_by, last.id) if last else None)


def count_open(session: Session, case: Case) -> int:
    """How many sub-tasks of a case are not finished."""
    of_case = select(func.count()).select_from(Subtask).where(Subtask.case_id == case.id)
    return session.scalar(of_case.where(Subtask.finished_at.is_(None))) or 0


def with_open(session: Session, cases: Collection[UUID]) -> frozenset[UUID]:
    """Those of the cases that have sub-tasks which are not finished."""
    unfinished = select(Subtask.case_id).where(one_of(Subtask.case_id, "ids"), Subtask.finished_at.is_(None))
    return frozenset(session.scalars(unfinished.distinct(), {"ids": [*cases]}))


def count_of(session: Session, municipality: str, subject: str, of_cases: ColumnElement[bool]) -> int:
    """How many open sub-tasks this subject has of the cases for which this condition on `Case` holds."""
    theirs = _open_of(municipality, subject, of_cases)
    return session.scalar(select(func.count()).select_from(Subtask).where(theirs)) or 0


def give_all(
    session: Session,
    municipality: str,
    subject: str,
    to: KnownOfficer | None,
    of_cases: ColumnElement[bool],
    *,
    by: str,
) -> int:
    """Give these sub-tasks of this subject to another, who may have them; None: to who has the case. How many it were.

    `by` is the name of who hands them on.
    """
    holder = [
        select(column).where(Case.id == Subtask.case_id).scalar_subquery()
        for column in (Case.officer_subject, Case.officer_name)
    ]
    new, name = (to.subject, to.name) if to else holder
    given = update(Subtask).where(_open_of(municipality, subject, of_cases))
    given = given.values(
        assignee_subject=new, assignee_name=name, handed_on_by=by, handed_on_from=Subtask.assignee_name
    )
    result: Any = session.execute(given, execution_options={"synchronize_session": False})
    return int(result.rowcount)


def _open_of(municipality: str, subject: str, of_cases: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(
        Subtask.municipality == municipality,
        Subtask.assignee_subject == subject,
        Subtask.finished_at.is_(None),
        Subtask.case_id.in_(select(Case.id).where(of_cases)),
    )


def _open_one(session: Session, officer: Officer, subtask_id: UUID) -> Subtask:
    of_case = select(Subtask).join(Case, Case.id == Subtask.case_id).where(officer.sees)
    of_case = of_case.where(Subtask.id == subtask_id, Subtask.finished_at.is_(None))
    subtask: Subtask | None = session.scalar(of_case.with_for_update(of=Subtask))
    if subtask is None:
        raise SubtaskNotFound
    return subtask


def _assignee(session: Session, case: Case, subject: str, organisation: Organisation) -> KnownOfficer:
    """The officer of the directory, where there is one who may have a sub-task of the case."""
    assignee = known_officer(session, case.municipality, subject)
    if assignee is None:
        raise InvalidInput("assignee_subject", "There is no such officer in the directory.")
    if not as_officer(assignee, organisation).may_see(case):
        raise InvalidInput("assignee_subject", "That officer may not see the case.")
    if has_declared(session, case.id, subject):
        raise InvalidInput("assignee_subject", "That officer has declared a conflict of interest in the case.")
    return assignee


def _content(subtask: Subtask) -> tuple[str, str, date]:
    return subtask.text, subtask.assignee_subject, subtask.due_by
