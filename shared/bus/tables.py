"""The columns of outbox, inbox and failed events. Each service declares its own tables from them:

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

    `body` is the event as CloudEvents JSON; where `secret` is set, its data is still in clear: the relay encrypts it
    when it publishes the event, and leaves it so.
    `published_at` is when it was sent, set once the broker has confirmed it. Published rows stay, for replay and for
    tracing.
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

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Index, ...]:
        unpublished = text("published_at IS NULL")
        return (
            Index("ix_outbox_unpublished", "id", postgresql_where=unpublished, sqlite_where=unpublished),
            Index("ix_outbox_recorded_at", "recorded_at"),
        )


class InboxColumns:
    """The events this service has handled; a row commits with the effect, so a repeat is known and skipped."""

    __tablename__ = "inbox"
    __table__: ClassVar[FromClause]

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, index=True)
    handled_at: Mapped[datetime] = mapped_column(Utc)


class FailedEventColumns:
    """Events that could not be handled: waiting for the next attempt, or parked (`next_attempt_at` is null).

    `body` is as it came from the broker, still encrypted where it was; `reason` names the error and holds
    no data of the event. `begun_by` is the worker that has begun an attempt and not ended it, `crashes` how many
    workers' processes have ended in the middle of one.
    """

    __tablename__ = "failed_events"

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
