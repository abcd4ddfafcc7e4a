"""Files in storage, each with a row that has its id: they come, are kept and go together."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, sessionmaker

from shared.files.storage import Storage

PURGED_AT_ONCE = 1_000


def add_row(row: Any, *, storage: Storage, sessions: sessionmaker[Session]) -> None:
    """Store the row of a file that was received; where that fails the file goes too."""
    try:
        with sessions.begin() as session:
            session.add(row)
    except Exception:
        storage.delete(row.id)
        raise


def kept(file_id: UUID, storage: Storage) -> bool:
    """Keep a file that its row is claimed with; whether it is here to be kept."""
    try:
        storage.keep(file_id)
    except FileNotFoundError:
        return False
    return True


def purge(table: Any, over: ColumnElement[bool], *, storage: Storage, sessions: sessionmaker[Session]) -> int:
    """Delete the rows whose time is `over`, and their files, in short transactions; how many there were."""
    purged = 0
    while some := _purge_some(table, over, storage, sessions):
        purged += some
    return purged


def _purge_some(table: Any, over: ColumnElement[bool], storage: Storage, sessions: sessionmaker[Session]) -> int:
    old = select(table.id).where(over).limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)
    with sessions.begin() as session:
        ids = session.scalars(old).all()
        session.execute(delete(table).where(table.id.in_(ids)))
        for file_id in ids:
            storage.delete(file_id)
    return len(ids)
