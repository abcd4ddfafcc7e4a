"""Whether the files that a service has taken over are here as they were received.

They are read through a little at a time, all the time; a damaged one is read again each time, until it is restored.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, BinaryIO, Protocol
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.files.storage import CHUNK, Storage

TURN_SECONDS = 60.0
RECHECK = timedelta(days=1)
MOST_FILES = 500  # of each kind in a turn

log = structlog.get_logger()

CHECKED = Counter("files_checked", "Files compared with what was received.", ["service"])
CHECKED_BYTES = Counter("files_checked_bytes", "Bytes of the files compared with what was received.", ["service"])
DAMAGED = Gauge("files_damaged", "Files that are missing or altered, by which.", ["service", "damage"])


class Damage(StrEnum):
    """What is wrong with a file: it is not there, or not as it was received."""

    MISSING = "missing"
    ALTERED = "altered"


class FileDamaged(Exception):
    """The file cannot be opened; operators see that it is so."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage)
        self.damage = damage


class StoredFile(Protocol):
    """A row of a file: `size` is in bytes, `sha256` in hex. `damage` is what was wrong when it was last compared."""

    @property
    def id(self) -> UUID: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def damage(self) -> str | None: ...


@dataclass(frozen=True)
class KeptFiles:
    """The files of a `service`: its table of them, which of its rows have a file that must be here, and where.

    The table has the columns of a StoredFile, `received_at`, and `checked_at`: when the file was last compared.
    """

    service: str
    table: Any
    kept: ColumnElement[bool]
    storage: Storage
    sessions: sessionmaker[Session]

    def open_whole(self, file: StoredFile, now: datetime) -> BinaryIO:
        """The file, to read. FileDamaged when it is missing or altered, which is noted then."""
        if file.damage == Damage.ALTERED:
            raise FileDamaged(Damage.ALTERED)
        damage = Damage.ALTERED
        try:
            opened = self.storage.open(file.id)
            if os.fstat(opened.fileno()).st_size == file.size:
                return opened
            opened.close()
        except FileNotFoundError:
            damage = Damage.MISSING
        self._note([(file, damage)], now)
        raise FileDamaged(damage)

    def check_some(self, *, most_bytes: int, now: datetime) -> None:
        """Compare some files with what was received: at least one, and no more than so many bytes beside it.

        What is missing has none. First those that are damaged, then those never checked, then those checked longest
        ago.
        """
        with self.sessions() as session:
            due = self._due(session, now)
        checked: list[tuple[StoredFile, Damage | None]] = []
        left = most_bytes
        for file in due:
            if checked and file.size > left:
                break
            damage = self._damage(file)
            checked.append((file, damage))
            left -= 0 if damage == Damage.MISSING else file.size
        self._note(checked, now)
        CHECKED.labels(self.service).inc(len(checked))
        CHECKED_BYTES.labels(self.service).inc(most_bytes - left)

    def measure(self) -> None:
        """Set the gauges."""
        damage = self.table.damage
        counts = select(damage, func.count()).where(damage.is_not(None)).group_by(damage)
        with self.sessions() as session:
            found: dict[str, int] = dict(session.execute(counts).all())
        for each in Damage:
            DAMAGED.labels(self.service, each).set(found.get(each, 0))

    def _due(self, session: Session, now: datetime) -> list[Any]:
        table = self.table
        kept = select(table).where(self.kept).limit(MOST_FILES)
        sound = kept.where(table.damage.is_(None))
        return [
            *session.scalars(kept.where(table.damage.is_not(None)).order_by(table.checked_at)),
            *session.scalars(sound.where(table.checked_at.is_(None)).order_by(table.received_at)),
            *session.scalars(sound.where(table.checked_at < now - RECHECK).order_by(table.checked_at)),
        ]

    def _damage(self, file: StoredFile) -> Damage | None:
        digest = hashlib.sha256()
        try:
            with self.storage.open(file.id) as opened:
                while piece := opened.read(CHUNK):
                    digest.update(piece)
        except FileNotFoundError:
            return Damage.MISSING
        return None if digest.hexdigest() == file.sha256 else Damage.ALTERED

    def _note(self, checked: Sequence[tuple[StoredFile, Damage | None]], now: datetime) -> None:
        table = self.table
        values = [{"file_id": file.id, "found": damage, "at": now} for file, damage in checked]
        noted = update(table).where(table.id == bindparam("file_id", type_=table.id.type))
        with self.sessions.begin() as session:
            if values:
                both: dict[str, Any] = {"damage": bindparam("found"), "checked_at": bindparam("at")}
                session.connection().execute(noted.values(both), values)
        for file, damage in checked:
            if damage != file.damage:
                self._report(file.id, damage)

    def _report(self, file_id: UUID, damage: Damage | None) -> None:
        if damage:
            log.error("file_damaged", service=self.service, file_id=str(file_id), damage=damage)
        else:
            log.info("file_restored", service=self.service, file_id=str(file_id))
