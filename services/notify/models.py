"""What all tables of notify have in common, and its bus tables; each capability's own are in its `models.py`."""

from functools import cache
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Session

from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns, ReconciliationColumns
from shared.database import NAMING, upsert


class Base(DeclarativeBase):
    """The base class of all tables of notify."""

    metadata = MetaData(naming_convention=NAMING)


class Outbox(OutboxColumns, Base):
    """The events that notify publishes: `notification.*`."""


class Inbox(InboxColumns, Base):
    """The events that notify has handled."""


class FailedEvent(FailedEventColumns, Base):
    """Events that notify could not handle."""


class Reconciliation(ReconciliationColumns, Base):
    """How far the subscribers are known to have what notify published."""


def insert_unless_present(session: Session, table: type[Base], **row: Any) -> None:
    """Insert the row, unless one with the same value of a unique key is there."""
    session.connection().execute(_insert_unless_present(session.get_bind().dialect.name, table), row)


@cache
def _insert_unless_present(dialect: str, table: type[Base]) -> Any:
    return upsert(dialect, table).on_conflict_do_nothing()
