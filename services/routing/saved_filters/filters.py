"""Saved filters of a queue: everybody who sees the queue sees them, and may save, rename and remove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.overview import check_seen
from services.routing.saved_filters.models import SavedFilter

MOST = 50  # of one queue
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

    def all(self) -> Sequence[SavedFilter]:
        """By name. Raises QueueNotFound."""
        with self.sessions() as session:
            self._check_seen(session)
            found = session.scalars(self._of_queue()).all()
        return sorted(found, key=lambda each: each.name.casefold())

    def save(self, name: str, query: str, now: datetime) -> SavedFilter:
        """Save a filter; the same once more is the same one. Raises QueueNotFound, InvalidInput for `name`."""
        try:
            return self._saved(name, query, now)
        except IntegrityError:  # a colleague was first with the name
            return self._saved(name, query, now)

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

    def _saved(self, name: str, query: str, now: datetime) -> SavedFilter:
        with self.sessions.begin() as session:
            self._check_seen(session)
            others = {each.name: each for each in session.scalars(self._of_queue())}
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
            )
            session.add(new)
        return new

    def _found(self, session: Session, filter_id: UUID, version: int) -> SavedFilter:
        self._check_seen(session)
        found = session.scalar(self._of_queue().where(SavedFilter.id == filter_id).with_for_update())
        if found is None:
            raise FilterNotFound
        if found.version != version:
            raise StaleFilter(found.version)
        return found

    def _check_seen(self, session: Session) -> None:
        check_seen(session, self.officer, self.queue, self.organisation)

    def _of_queue(self) -> Select[SavedFilter]:
        return select(SavedFilter).where(
            SavedFilter.municipality == self.officer.municipality, SavedFilter.queue == self.queue
        )


def _taken() -> InvalidInput:
    return InvalidInput("name", "The queue has another filter of that name.")
