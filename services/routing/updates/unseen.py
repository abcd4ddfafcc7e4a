"""What is new for an officer, in the cases that they may see; and that they have seen it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import CaseNotFound
from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.state_machine import OPEN, Action
from services.routing.organisation.officers import Officer
from services.routing.updates.models import CaseUpdate

MOST = 300  # of what is new, for one officer; who has more has not looked for long


class NewItem(NamedTuple):
    """One thing that is new in a case: a journal entry, or that its last day, `due_on`, is near (`action` None).

    `is_officers`: the officer has the case now.
    """

    case_id: UUID
    at: datetime
    sequence: int | None
    due_on: date | None
    action: str | None
    actor_name: str | None
    is_officers: bool

    @property
    def is_given(self) -> bool:
        """Whether it is that somebody gave the officer the case."""
        return self.action == Action.ASSIGN and self.is_officers


class CountedUpdates(NamedTuple):
    """In how many cases something is new: those that the officer has, and others, which they follow or had."""

    own: int
    others: int


@dataclass(frozen=True)
class Unseen:
    """What an officer has not seen, the latest first. `is_all`: there is no more than these."""

    items: Sequence[NewItem]
    is_all: bool

    @cached_property
    def by_case(self) -> Mapping[UUID, Sequence[NewItem]]:
        """The same by case, the one with the latest first."""
        found: dict[UUID, list[NewItem]] = {}
        for each in self.items:
            found.setdefault(each.case_id, []).append(each)
        return found

    @property
    def counted(self) -> CountedUpdates:
        """In how many cases it is."""
        own = sum(items[0].is_officers for items in self.by_case.values())
        return CountedUpdates(own, len(self.by_case) - own)


def unseen(officer: Officer, *, sessions: sessionmaker[Session]) -> Unseen:
    """What is new for the officer and not seen yet, in the cases that they may see; MOST of it."""
    columns = (
        *(CaseUpdate.case_id, CaseUpdate.at, CaseUpdate.sequence, CaseUpdate.due_on),
        *(JournalEntry.action, JournalEntry.actor_name, (Case.officer_subject == officer.subject).label("is_officers")),
    )
    of_entry = and_(JournalEntry.case_id == CaseUpdate.case_id, JournalEntry.sequence == CaseUpdate.sequence)
    query = select(*columns).join(Case, Case.id == CaseUpdate.case_id).outerjoin(JournalEntry, of_entry)
    with sessions() as session:
        rows = session.execute(
            query.where(unseen_by(officer)).order_by(CaseUpdate.at.desc(), CaseUpdate.id.desc()).limit(MOST + 1)
        ).all()
    return Unseen([NewItem(*row[:6], bool(row.is_officers)) for row in rows[:MOST]], len(rows) <= MOST)


def unseen_by(officer: Officer) -> ColumnElement[bool]:
    """The condition on `CaseUpdate` and its `Case` that it is still new for the officer, and theirs to see.

    That a last day is near is new for whoever has the case, and for as long as it is the last day.
    """
    still_near = and_(Case.due_by == CaseUpdate.due_on, Case.officer_subject == officer.subject, Case.state.in_(OPEN))
    return and_(_unseen_of(officer), officer.sees, or_(CaseUpdate.due_on.is_(None), still_near))


def see_case(
    officer: Officer, case_id: UUID, version: int, *, sessions: sessionmaker[Session], now: datetime
) -> frozenset[int]:
    """The officer has the case before them at this version; the numbers of the journal entries that were new."""
    of_version = or_(CaseUpdate.sequence.is_(None), CaseUpdate.sequence <= version)
    seen = _seen(officer, now, CaseUpdate.case_id == case_id, of_version).returning(CaseUpdate.sequence)
    with sessions.begin() as session:
        return frozenset(sequence for sequence in session.scalars(seen) if sequence is not None)


def see_case_that_may_be_seen(
    officer: Officer, case_id: UUID, version: int, *, sessions: sessionmaker[Session], now: datetime
) -> None:
    """The same, of a case that is not at hand. Raises CaseNotFound."""
    with sessions() as session:
        if session.scalar(select(true()).where(Case.id == case_id, officer.sees)) is None:
            raise CaseNotFound
    see_case(officer, case_id, version, sessions=sessions, now=now)


def see_all(officer: Officer, until: datetime, *, sessions: sessionmaker[Session], now: datetime) -> None:
    """The officer has seen all that was new until then."""
    with sessions.begin() as session:
        session.execute(_seen(officer, now, CaseUpdate.at <= until))


def _seen(officer: Officer, now: datetime, *conditions: ColumnElement[bool]) -> Any:
    of_these = update(CaseUpdate).where(_unseen_of(officer), *conditions)
    return of_these.values(seen_at=now).execution_options(synchronize_session=False)


def _unseen_of(officer: Officer) -> ColumnElement[bool]:
    return and_(
        CaseUpdate.municipality == officer.municipality,
        CaseUpdate.subject == officer.subject,
        CaseUpdate.seen_at.is_(None),
    )
