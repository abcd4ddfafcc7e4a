"""The base of intake's tables, and its tables of the bus. Each capability has its own tables in its own `models.py`."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns, ReconciliationColumns
from shared.database import NAMING


class Base(DeclarativeBase):
    """What all tables of intake belong to."""

    metadata = MetaData(naming_convention=NAMING)


class Outbox(OutboxColumns, Base):
    """The events that intake publishes: `submission.*` and `draft.*`."""


class Inbox(InboxColumns, Base):
    """The events that intake has handled."""


class FailedEvent(FailedEventColumns, Base):
    """Events that intake could not handle."""


class Reconciliation(ReconciliationColumns, Base):
    """How far the subscribers are known to have what intake published."""
