"""The columns of the bus tables. Each service declares its own tables from them:

class Outbox(OutboxColumns, Base): ...
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, FromClause, Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.database import Utc

_Id = BigInteger().with_variant(Integer(), "sqlite")


class OutboxColumns:
    """The events that this service publishes: recorded in the transaction of the change, sent by the relay.

    `body` is the event as CloudEvents JSON. What is secret, or what people have written, is encrypted when it is
    recorded or, at the latest, when it is published; where `secret` is set, the relay encrypts it before that.
    `published_at` is when it was sent, set once the broker has confirmed it. Published rows stay for replay and for
    tracing until their retention ends. What the broker has not confirmed waits until `publish_after`, longer each time;
    `postponements` counts these times.
    """

    __tablename__ = "outbox"
    __table__: ClassVar[FromClause]

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    subject: Mapped[str] = mapped_column(Text, index=True)
    exchange: Mapped[str] = mapped_column(Text)
    routing_key: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    secret: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(Utc)
    published_at: Mapped[datetime | None] = mapped_column(Utc)
    publish_after: Mapped[datetime | None] = mapped_column(Utc)
    postponements: Mapped[int] = mapped_column(server_default=text("0"))

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Index, ...]:
        unpublished, published = text("published_at IS NULL"), text("published_at IS NOT NULL")
        return (
            Index(
                "ix_outbox_unpublished",
                "publish_after",
                "id",
                postgresql_where=unpublished,
                sqlite_where=unpublished,
            ),
            Index("ix_outbox_published_at", "published_at", postgresql_where=published, sqlite_where=published),
        )


class InboxColumns:
    """The events this service has handled; a row commits with the effect, so a repeat is known and skipped."""

    __tablename__ = "inbox"
    __table__: ClassVar[FromClause]

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    handled_at: Mapped[datetime] = mapped_column(Utc, index=True)


class FailedEventColumns:
    """Events that could not be handled: waiting for the next attempt, or parked (`next_attempt_at` is null).

    `body` is as it came from the broker, still encrypted where it was; `reason` names the error and holds
    no data of the event. `begun_by` is the worker that has begun an attempt and not ended it, `crashes` how many
    workers' processes have ended in the middle of one.
    """

    __tablename__ = "failed_events"
    __table__: ClassVar[FromClause]

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    first_failed_at: Mapped[datetime] = mapped_column(Utc)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Utc, index=True)
    begun_by: Mapped[UUID | None]
    crashes: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class ReconciliationColumns:
    """How far it is known that each subscriber has what this service published: a row for each subscriber.

    Everything published until `known_until` was handled, is a failed event there, or was published again. The last
    answer that lacked events came at `lacked_at`; `oldest_unhandled` is when the oldest of them was recorded. Both are
    null once what was published again is known to have arrived.
    """

    __tablename__ = "reconciliation"

    subscriber: Mapped[str] = mapped_column(Text, primary_key=True)
    known_until: Mapped[datetime] = mapped_column(Utc)
    lacked_at: Mapped[datetime | None] = mapped_column(Utc)
    oldest_unhandled: Mapped[datetime | None] = mapped_column(Utc)
