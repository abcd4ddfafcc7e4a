"""The directory of officers: who there is, who is absent with which deputy, and who can be given a case.

An officer finds those with whom they share a board, as each board is an authority of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session, aliased, selectinload, sessionmaker

from services.routing.cases.models import Case
from services.routing.conflicts.models import ConflictOfInterest
from services.routing.directory.models import Absence, KnownOfficer, OfficerBoard
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.database import after_position
from shared.swedish.sorting import sort_key


class OfficerNotFound(Exception):
    """There is no such officer among those whom the officer may find."""


class DirectoryPosition(NamedTuple):
    """Where a page ended: what the next one begins after."""

    sort_key: str
    officer_id: UUID


class ListedOfficer(NamedTuple):
    """An officer with the absence that they are on today, if any, and its deputy, if there is one."""

    officer: KnownOfficer
    absence: Absence | None
    deputy: KnownOfficer | None


@dataclass(frozen=True)
class DirectoryPage:
    """Some of the officers, by name in Swedish order; `next` None: there are no more."""

    officers: Sequence[ListedOfficer]
    next: DirectoryPosition | None


def directory(
    officer: Officer,
    today: date,
    *,
    name: str = "",
    board: str | None = None,
    after: DirectoryPosition | None = None,
    limit: int = 50,
    sessions: sessionmaker[Session],
) -> DirectoryPage:
    """A page of those whom the officer may find: with this part of a name, of this board."""
    query = _with_boards(_listed(today)).where(
        _found_by(officer), KnownOfficer.sort_key.contains(sort_key(name), autoescape=True)
    )
    if board is not None:
        query = query.where(_of_boards([board]))
    query = query.where(after_position((KnownOfficer.sort_key, KnownOfficer.id), after)).limit(limit + 1)
    with sessions() as session:
        found = [ListedOfficer(*row) for row in session.execute(query)]
    last = found[limit - 1].officer if len(found) > limit else None
    return DirectoryPage(found[:limit], DirectoryPosition(last.sort_key, last.id) if last else None)


def listed_officer(session: Session, officer: Officer, officer_id: UUID, today: date) -> ListedOfficer:
    """One whom the officer may find, themself included. Raises OfficerNotFound."""
    query = _with_boards(_listed(today)).where(KnownOfficer.id == officer_id, _found_by(officer))
    row = session.execute(query).one_or_none()
    if row is None:
        raise OfficerNotFound
    return ListedOfficer(*row)


def listed_by_subject(session: Session, municipality: str, subject: str, today: date) -> ListedOfficer | None:
    """The municipality's officer of this subject, with the absence that they are on today."""
    query = _listed(today).where(KnownOfficer.municipality == municipality, KnownOfficer.subject == subject)
    row = session.execute(query).one_or_none()
    return ListedOfficer(*row) if row else None


def known_officer(session: Session, municipality: str, subject: str) -> KnownOfficer | None:
    """The municipality's officer of this subject."""
    return next(iter(known_officers(session, municipality, [subject])), None)


def known_officers(session: Session, municipality: str, subjects: Collection[str]) -> Sequence[KnownOfficer]:
    """Those of the municipality's officers who have one of the subjects."""
    of_these = KnownOfficer.municipality == municipality, KnownOfficer.subject.in_(subjects)
    return session.scalars(_with_boards(select(KnownOfficer)).where(*of_these)).all() if subjects else []


def as_officer(known: KnownOfficer, organisation: Organisation) -> Officer:
    """An officer of the directory, with the rights that they have."""
    return Officer(
        known.subject,
        known.name,
        known.municipality,
        None if known.every_board else frozenset(known.boards),
        sees_protected=known.subject in organisation.protected_officers,
        leads=known.leads,
    )


def who_can_have(
    case: Case, organisation: Organisation, today: date, *, sessions: sessionmaker[Session]
) -> Sequence[ListedOfficer]:
    """The officers to whom the case can be given: who may see it, and has declared no conflict of interest in it."""
    may_see = KnownOfficer.subject.in_(organisation.protected_officers) if case.protected else _of_boards([case.board])
    declared = exists().where(ConflictOfInterest.case_id == case.id, ConflictOfInterest.subject == KnownOfficer.subject)
    query = _listed(today).where(KnownOfficer.municipality == case.municipality, may_see, ~declared)
    with sessions() as session:
        return [ListedOfficer(*row) for row in session.execute(query)]


def who_can_have_all(
    boards: Collection[tuple[str, bool]], organisation: Organisation, today: date, *, sessions: sessionmaker[Session]
) -> Sequence[ListedOfficer]:
    """The officers who may see cases of each of the boards, given with whether its case is protected."""
    named = KnownOfficer.subject.in_(organisation.protected_officers)
    rights = [named if protected else _of_boards([board]) for board, protected in sorted(boards)]
    query = _listed(today).where(KnownOfficer.municipality == organisation.municipality, *rights)
    with sessions() as session:
        return [ListedOfficer(*row) for row in session.execute(query)]


def absent_on(today: date) -> ColumnElement[bool]:
    """The condition that an absence covers this day."""
    return and_(Absence.first_day <= today, or_(Absence.last_day.is_(None), Absence.last_day >= today))


def _listed(today: date) -> Select[*tuple[Any, ...]]:
    deputy = aliased(KnownOfficer)
    query = select(KnownOfficer, Absence, deputy)
    query = query.outerjoin(Absence, and_(Absence.officer_id == KnownOfficer.id, absent_on(today)))
    query = query.outerjoin(deputy, deputy.id == Absence.deputy_id)
    return query.order_by(KnownOfficer.sort_key, KnownOfficer.id)


def _with_boards(query: Select[Any]) -> Select[Any]:
    return query.options(selectinload(KnownOfficer.of_boards))


def _found_by(officer: Officer) -> ColumnElement[bool]:
    shared = true() if officer.boards is None else _of_boards(officer.boards)
    oneself = KnownOfficer.subject == officer.subject
    return and_(KnownOfficer.municipality == officer.municipality, or_(oneself, shared))


def _of_boards(boards: Any) -> ColumnElement[bool]:
    of_them = exists().where(OfficerBoard.officer_id == KnownOfficer.id, OfficerBoard.board.in_(sorted(boards)))
    return or_(KnownOfficer.every_board, of_them)
