"""Saved filters of a queue: the shared ones, which everybody who works it sees and may change, and an officer's own.

Who sees a queue only for the cases that their board left in it, when it was given to another, has no part in what the
other board shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.overview import check_seen
from services.routing.saved_filters.models import SavedFilter
from shared.swedish.sorting import sort_key

MOST = 50  # that are shared of one queue, and of an officer's own
LONGEST_NAME = 60


class FilterNotFound(Exception):
    """There is no such filter in the queue."""


class StaleFilter(Exception):
    """A colleague has changed the filter since the officer read it; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the filter is at version {current}")
        self.current = current


@dataclass(frozen=True)
class QueueFilters:
    """The filters of a queue, for an officer."""

    officer: Officer
    queue: str
    organisation: Organisation
    sessions: sessionmaker[Session]

    @property
    def may_share(self) -> bool:
        """Whether the queue is the officer's to work."""
        return self.officer.may_see_queue(self.organisation.queue(self.queue))

    def all(self) -> Sequence[SavedFilter]:
        """By name. Raises QueueNotFound."""
        with self.sessions() as session:
            self._check_seen(session)
            found = session.scalars(self._visible()).all()
        return sorted(found, key=lambda each: (sort_key(each.name), each.private))

    def save(self, name: str, query: str, now: datetime, *, private: bool = False) -> SavedFilter:
        """Save a filter; the same once more is the same one. Raises QueueNotFound, InvalidInput."""
        try:
            return self._saved(name, query, now, private)
        except IntegrityError:  # a colleague was first with the name
            return self._saved(name, query, now, private)

    def rename(self, filter_id: UUID, name: str, version: int) -> SavedFilter:
        """Give a filter another name. Raises QueueNotFound, FilterNotFound, StaleFilter, InvalidInput for `name`."""
        try:
            with self.sessions.begin() as session:
                found = self._found(session, filter_id, version)
                found.name, found.version = name, found.version + 1
        except IntegrityError as error:
            raise _taken() from error
        return found

    def remove(self, filter_id: UUID, version: int) -> SavedFilter:
        """Remove a filter. Raises QueueNotFound, FilterNotFound, StaleFilter."""
        with self.sessions.begin() as session:
            found = self._found(session, filter_id, version)
            session.delete(found)
        return found

    def _saved(self, name: str, query: str, now: datetime, private: bool) -> SavedFilter:
        with self.sessions.begin() as session:
            self._check_seen(session)
            if not (private or self.may_share):
                raise InvalidInput("private", "The queue is another board’s by now. Save the filter for you alone.")
            others = {
                each.name: each for each in session.scalars(self._visible().where(SavedFilter.private.is_(private)))
            }
            if name in others and others[name].query == query:
                return others[name]
            if name in others:
                raise _taken()
            if len(others) >= MOST:
                raise InvalidInput("name", "The queue has as many filters as it can have. Remove one first.")
            new = SavedFilter(
                municipality=self.officer.municipality,
                queue=self.queue,
                name=name,
                query=query,
                saved_by_subject=self.officer.subject,
                saved_by=self.officer.name,
                saved_at=now,
                private=private,
            )
            session.add(new)
        return new

    def _found(self, session: Session, filter_id: UUID, version: int) -> SavedFilter:
        self._check_seen(session)
        found = session.scalar(self._visible().where(SavedFilter.id == filter_id).with_for_update())
        if found is None:
            raise FilterNotFound
        if found.version != version:
            raise StaleFilter(found.version)
        return found

    def _check_seen(self, session: Session) -> None:
        check_seen(session, self.officer, self.queue, self.organisation)

    def _visible(self) -> Select[SavedFilter]:
        own = and_(SavedFilter.private, SavedFilter.saved_by_subject == self.officer.subject)
        visible = or_(own, ~SavedFilter.private) if self.may_share else own
        of_municipality = SavedFilter.municipality == self.officer.municipality
        return select(SavedFilter).where(of_municipality, SavedFilter.queue == self.queue, visible)


def _taken() -> InvalidInput:
    return InvalidInput("name", "The queue has another filter of that name.")
