"""What all of routing's tables share: their base, their JSON, and the tables of the bus."""

from typing import Any

import orjson
from sqlalchemy import Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns, ReconciliationColumns
from shared.database import NAMING


class CanonicalJson(TypeDecorator[dict[str, Any]]):
    """JSON kept as exactly the text that was hashed: jsonb would rewrite numbers."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str:
        """Sorted keys, no spaces."""
        return canonical(value or {})

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any]:
        """The object that the text holds."""
        read: dict[str, Any] = orjson.loads(value or "{}")
        return read


def canonical(value: Any) -> str:
    """JSON that is the same text each time: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Base(DeclarativeBase):
    """Routing's tables."""

    metadata = MetaData(naming_convention=NAMING)


class Outbox(OutboxColumns, Base):
    """Events that routing publishes."""


class Inbox(InboxColumns, Base):
    """Events that routing has handled."""


class FailedEvent(FailedEventColumns, Base):
    """Events that routing could not handle yet."""


class Reconciliation(ReconciliationColumns, Base):
    """How far the subscribers are known to have what routing published."""
