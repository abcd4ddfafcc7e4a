"""What all tables of notify have in common, and its bus tables; each capability's own are in its `models.py`."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns, ReconciliationColumns
from shared.database import NAMING


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
