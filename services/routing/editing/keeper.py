"""Keeping what editors write for all officers: each change is a version, with who made it and when."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.idempotency import KeyReused, fingerprint
from shared.swedish.sorting import sort_key

Row = TypeVar("Row")
Version = TypeVar("Version")


class EditedNotFound(Exception):
    """There is no such thing among those that the officer may see."""


class StaleEdited(Exception):
    """It has changed since it was read; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"it is at version {current}")
        self.current = current


class Content(Protocol):
    """What is kept, as a dataclass with a field for each column. `queue` and `eservice` None: in all of them."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str: ...
    @property
    def queue(self) -> str | None: ...
    @property
    def eservice(self) -> str | None: ...


@dataclass(frozen=True)
class Keeper(Generic[Row, Version]):
    """The table of one kind, with that of its versions: subclasses of Edited and EditedVersion.

    A municipality has at most `most` of them, `full` is the message then. `not_found` and `stale` are what is raised.
    """

    table: Any
    versions: Any
    most: int
    full: str
    not_found: type[EditedNotFound]
    stale: type[StaleEdited]

    def all_of(self, officer: Officer, organisation: Organisation, *, sessions: sessionmaker[Session]) -> list[Row]:
        """The municipality's, by name, but for those of queues that the officer may not see."""
        shown = select(self.table).where(self._seen(officer, organisation), self.table.removed.is_(False))
        with sessions() as session:
            return sorted(session.scalars(shown.limit(self.most)), key=lambda each: sort_key(each.name))

    def fitting(self, case: Case, most: int, *, sessions: sessionmaker[Session]) -> list[Row]:
        """Those for the case's queue and e-service first, then those for all; each group by name."""
        with sessions() as session:
            found = session.scalars(self._fitting(case).order_by(self.table.id).limit(most)).all()
        return sorted(found, key=lambda each: (-_narrowness(each), sort_key(each.name)))

    def one_fitting(self, case: Case, edited_id: UUID, *, sessions: sessionmaker[Session]) -> Row:
        """One of those that fit the case. Raises `not_found`."""
        with sessions() as session:
            found = session.scalar(self._fitting(case).where(self.table.id == edited_id))
        if found is None:
            raise self.not_found
        return found  # type: ignore[no-any-return]

    def with_versions(
        self, officer: Officer, edited_id: UUID, organisation: Organisation, *, sessions: sessionmaker[Session]
    ) -> tuple[Row, Sequence[Version]]:
        """One with all its versions, the latest first. Raises `not_found`."""
        with sessions() as session:
            found = self._found(session, officer, edited_id, organisation)
            versions = select(self.versions).where(self.versions.edited_id == edited_id)
            return found, session.scalars(versions.order_by(self.versions.version.desc())).all()

    def create(
        self, officer: Officer, content: Content, *, key: str | None, sessions: sessionmaker[Session], now: datetime
    ) -> Row:
        """Add one. Sent twice under one key, it is one. Raises InvalidInput, KeyReused."""
        requested = fingerprint(asdict(content))

        def attempt() -> Row:
            with sessions.begin() as session:
                if earlier := self._earlier(session, officer, key, requested):
                    return earlier
                self._check_room(session, officer.municipality)
                made = self.table(id=uuid4(), municipality=officer.municipality, version=1, removed=False)
                session.add(made)
                version = self._write(session, made, content, officer, now)
                version.idempotency_key, version.fingerprint = key, requested if key else None
                return made  # type: ignore[no-any-return]

        return once_more(attempt)

    def change(
        self,
        officer: Officer,
        edited_id: UUID,
        content: Content,
        organisation: Organisation,
        *,
        version: int | None,
        sessions: sessionmaker[Session],
        now: datetime,
    ) -> Row:
        """Change one from the version seen to the next. Raises `not_found`, `stale`."""
        with sessions.begin() as session:
            found = self._locked(session, officer, edited_id, organisation, version)
            found.version += 1
            self._write(session, found, content, officer, now)
            return found  # type: ignore[no-any-return]

    def remove(
        self,
        officer: Officer,
        edited_id: UUID,
        organisation: Organisation,
        *,
        version: int | None,
        sessions: sessionmaker[Session],
        now: datetime,
    ) -> None:
        """Offer one no longer; its versions stay. Raises `not_found`, `stale`."""
        with sessions.begin() as session:
            found = self._locked(session, officer, edited_id, organisation, version)
            found.version, found.removed = found.version + 1, True
            self._keep_version(session, found, officer, now)

    def _fitting(self, case: Case) -> Select[Any]:
        table = self.table
        return select(table).where(
            table.municipality == case.municipality,
            table.removed.is_(False),
            or_(table.queue.is_(None), table.queue == case.queue),
            or_(table.eservice.is_(None), table.eservice == case.eservice),
        )

    def _seen(self, officer: Officer, organisation: Organisation) -> ColumnElement[bool]:
        queues = sorted(code for code, queue in organisation.queues.items() if officer.may_see_queue(queue))
        of_queues = or_(self.table.queue.is_(None), self.table.queue.in_(queues))
        return (self.table.municipality == officer.municipality) & of_queues  # type: ignore[no-any-return]

    def _found(
        self, session: Session, officer: Officer, edited_id: UUID, organisation: Organisation, *, lock: bool = False
    ) -> Any:
        query = select(self.table).where(
            self._seen(officer, organisation), self.table.id == edited_id, self.table.removed.is_(False)
        )
        found = session.scalar(query.with_for_update() if lock else query)
        if found is None:
            raise self.not_found
        return found

    def _locked(
        self, session: Session, officer: Officer, edited_id: UUID, organisation: Organisation, version: int | None
    ) -> Any:
        found = self._found(session, officer, edited_id, organisation, lock=True)
        if version not in (None, found.version):
            raise self.stale(found.version)
        return found

    def _check_room(self, session: Session, municipality: str) -> None:
        of_municipality = select(self.table.id).where(
            self.table.municipality == municipality, self.table.removed.is_(False)
        )
        if len(session.scalars(of_municipality.limit(self.most)).all()) >= self.most:
            raise InvalidInput("name", self.full)

    def _write(self, session: Session, row: Any, content: Content, officer: Officer, now: datetime) -> Any:
        for name, value in asdict(content).items():
            setattr(row, name, value)
        return self._keep_version(session, row, officer, now)

    def _keep_version(self, session: Session, row: Any, officer: Officer, now: datetime) -> Any:
        own, names = {"id", "municipality", "version"}, [each.key for each in self.table.__mapper__.column_attrs]
        version = self.versions(
            edited_id=row.id,
            version=row.version,
            municipality=row.municipality,
            at=now,
            by_subject=officer.subject,
            by_name=officer.name,
            content={name: getattr(row, name) for name in names if name not in own},
            edited=row,
        )
        session.add(version)
        return version

    def _earlier(self, session: Session, officer: Officer, key: str | None, requested: str) -> Row | None:
        if key is None:
            return None
        known = session.scalar(
            select(self.versions).where(
                self.versions.municipality == officer.municipality,
                self.versions.by_subject == officer.subject,
                self.versions.idempotency_key == key,
            )
        )
        if known is None:
            return None
        if known.fingerprint != requested:
            raise KeyReused
        return session.get_one(self.table, known.edited_id)  # type: ignore[no-any-return]


def check_scope(officer: Officer, content: Content, organisation: Organisation) -> None:
    """Raise InvalidInput for a queue or an e-service that there is not, among those that the officer may see."""
    if content.eservice not in (None, *organisation.eservices):
        raise InvalidInput("eservice", "The municipality offers no such e-service.")
    if content.queue is None:
        return
    queue = organisation.queues.get(content.queue)
    if queue is None or not officer.may_see_queue(queue):
        raise InvalidInput("queue", "There is no such queue among those that you may see.")


Answer = TypeVar("Answer")


def once_more(attempt: Callable[[], Answer]) -> Answer:
    """Attempt; once more when the same request came at the same time: its result can then be read."""
    try:
        return attempt()
    except IntegrityError:
        return attempt()


def _narrowness(row: Any) -> int:
    return (row.queue is not None) + (row.eservice is not None)
