"""Who comes into the directory: officers as they sign in or call the API, and whom a municipality's file names."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.directory.models import KnownOfficer, OfficerBoard
from services.routing.organisation.organisation import Organisation
from shared.clock import Clock
from shared.database import upsert
from shared.swedish.sorting import sort_key
from shared.swedish.time import local_date
from shared.web.tokens import Identity


class Recorder:
    """Records who comes: once a day in each process, and whenever what their token has is new to it."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock) -> None:
        self._sessions, self._clock = sessions, clock
        self._recorded: dict[tuple[str, str], tuple[Identity, date]] = {}

    def record(self, identity: Identity) -> None:
        """Put the person of a verified token into the directory, where they are not there as they are."""
        key, seen = (identity.municipality, identity.subject), (identity, local_date(self._clock()))
        if self._recorded.get(key) == seen:
            return
        with self._sessions.begin() as session:
            record(session, identity, seen[1])
        self._recorded[key] = seen


def record(session: Session, identity: Identity, today: date) -> None:
    """Put the person of a verified token into the directory, or bring what is known of them up to date."""
    boards = identity.boards_seen
    values = _names(identity.municipality, identity.subject, identity.name or identity.subject)
    values |= {"every_board": boards is None, "leads": identity.leads, "last_seen_on": today}
    insert = upsert(session.get_bind().dialect.name, KnownOfficer).values(**values, id=uuid4())
    row = insert.on_conflict_do_update(index_elements=["municipality", "subject"], set_=values)
    officer_id = session.execute(row.returning(KnownOfficer.id)).scalar_one()
    _set_boards(session, identity.municipality, officer_id, boards or ())


def enlist(organisation: Organisation, *, sessions: sessionmaker[Session]) -> None:
    """Put those into the directory whom the municipality's file names, and take out whom it no longer does.

    Who has signed in is not touched: their token knows better than the file.
    """
    with sessions.begin() as session:
        for each in organisation.officers:
            values = _names(organisation.municipality, each.subject, each.name)
            insert = upsert(session.get_bind().dialect.name, KnownOfficer)
            insert = insert.values(**values, id=uuid4(), every_board=False, leads=False)
            row = insert.on_conflict_do_update(
                index_elements=["municipality", "subject"], set_=values, where=KnownOfficer.last_seen_on.is_(None)
            )
            officer_id = session.execute(row.returning(KnownOfficer.id)).scalar_one_or_none()
            if officer_id:
                _set_boards(session, organisation.municipality, officer_id, each.boards)
        _remove_unnamed(session, organisation)


def _names(municipality: str, subject: str, name: str) -> dict[str, Any]:
    return {"municipality": municipality, "subject": subject, "name": name, "sort_key": sort_key(name)}


def _set_boards(session: Session, municipality: str, officer_id: UUID, boards: Collection[str]) -> None:
    of_officer = OfficerBoard.officer_id == officer_id
    there = set(session.scalars(select(OfficerBoard.board).where(of_officer)))
    if gone := there - set(boards):
        session.execute(delete(OfficerBoard).where(of_officer, OfficerBoard.board.in_(gone)))
    for board in sorted(set(boards) - there):
        insert = upsert(session.get_bind().dialect.name, OfficerBoard)
        values = {"municipality": municipality, "officer_id": officer_id, "board": board}
        session.execute(insert.values(**values).on_conflict_do_nothing())


def _remove_unnamed(session: Session, organisation: Organisation) -> None:
    named = [each.subject for each in organisation.officers]
    session.execute(
        delete(KnownOfficer).where(
            KnownOfficer.municipality == organisation.municipality,
            KnownOfficer.last_seen_on.is_(None),
            KnownOfficer.subject.not_in(named),
        )
    )
