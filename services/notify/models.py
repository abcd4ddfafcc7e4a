"""Notify's own tables: who to reach about a submission, what to tell them, and every attempt to do so."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, MetaData, Text, UniqueConstraint, and_, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns
from shared.database import NAMING, Json, Utc

DUE, SENDING = "due", "sending"
DELIVERED, FAILED, SKIPPED = "delivered", "failed", "skipped"
STATES = (DUE, SENDING, DELIVERED, FAILED, SKIPPED)

_receipt = text("message = 'receipt'")
_unfinished = text("next_attempt_at IS NOT NULL")


class Base(DeclarativeBase):
    """What all tables of notify belong to."""

    metadata = MetaData(naming_convention=NAMING)


class Outbox(OutboxColumns, Base):
    """What notify tells: `notification.*`."""


class Inbox(InboxColumns, Base):
    """The events that notify has acted on."""


class FailedEvent(FailedEventColumns, Base):
    """Events that notify could not handle."""


class Contact(Base):
    """Who is told about a submission, where and in which language. `email` None: they gave no address.

    `board` is the one that the e-service is for, whose officers may see how it went until a CaseBoard says another.

    `confidential`: the e-service has a secrecy class, so messages carry no contents, only the way to them.
    """

    __tablename__ = "contacts"

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    eservice_title: Mapped[dict[str, str]] = mapped_column(Json)
    language: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    legal_regime: Mapped[str] = mapped_column(Text)
    confidential: Mapped[bool]


class CaseBoard(Base):
    """The board that has a submission's case; `sequence` is that of the event of the case that said so."""

    __tablename__ = "case_boards"

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int]


class Notification(Base):
    """One message to one submitter because of one event, from which its `id` is made (notifications.py).

    `content` is what the template needs of the event. `next_attempt_at` is when it is due; while it is being
    sent, when the sender's lease ends; None once it has ended as delivered, failed or skipped.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_due", "next_attempt_at", postgresql_where=_unfinished, sqlite_where=_unfinished),
        Index("ix_notifications_submission_id", "submission_id"),
        Index("ix_notifications_newest", "municipality", "occurred_at", "id"),
        Index(
            "uq_notifications_receipt",
            "submission_id",
            unique=True,
            postgresql_where=_receipt,
            sqlite_where=_receipt,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(unique=True)
    eservice: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    traceparent: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(Text, default=DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    cause: Mapped[str | None] = mapped_column(Text)


# How a notification finds its contact and its case's board, once they are known.
KNOWN_CONTACT = and_(
    Contact.submission_id == Notification.submission_id, Contact.municipality == Notification.municipality
)
KNOWN_BOARD = and_(
    CaseBoard.submission_id == Notification.submission_id, CaseBoard.municipality == Notification.municipality
)


class Delivery(Base):
    """One attempt over one channel: `outcome` is `delivered`, `temporary` or `permanent`, `code` says why."""

    __tablename__ = "deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id"), index=True)
    attempted_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)


class Retry(Base):
    """An officer's order to try a failed notification again; the same key twice is one order."""

    __tablename__ = "retries"
    __table_args__ = (UniqueConstraint("municipality", "requested_by", "idempotency_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id"), index=True)
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(Utc)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
