"""The tables of delivery: notifications, every attempt to deliver them, and officers' requests to retry."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ColumnElement, Double, ForeignKey, Index, Text, UniqueConstraint, and_, literal, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.contacts.models import CaseBoard, Contact
from services.notify.models import Base
from shared.database import Json, Utc

NO_ADDRESS = "no_address"  # the cause of what is skipped because the submitter gave none


class NotificationState(StrEnum):
    """Where a notification is on its way to the submitter."""

    DUE = "due"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


_is_receipt = text("message = 'receipt'")
_has_not_ended = text("next_attempt_at IS NOT NULL")
_has_failed = text("state = 'failed'")
_is_undelivered = text("state <> 'delivered'")


class Notification(Base):
    """One message to one submitter because of one event, from which its `id` is made (`messages/notifications.py`).

    `content` holds what the template needs of the event. `next_attempt_at` is when it is due; while it is being
    sent, when the lease ends; None once it is delivered, failed or skipped.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_due", "next_attempt_at", postgresql_where=_has_not_ended, sqlite_where=_has_not_ended),
        Index("ix_notifications_submission_id", "submission_id"),
        Index("ix_notifications_newest", "municipality", "occurred_at", "id"),
        Index("ix_notifications_failed", "ended_at", postgresql_where=_has_failed, sqlite_where=_has_failed),
        Index(
            "ix_notifications_undelivered",
            "municipality",
            "state",
            "occurred_at",
            "id",
            postgresql_where=_is_undelivered,
            sqlite_where=_is_undelivered,
        ),
        Index(
            "uq_notifications_receipt",
            "submission_id",
            unique=True,
            postgresql_where=_is_receipt,
            sqlite_where=_is_receipt,
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
    state: Mapped[str] = mapped_column(Text, default=NotificationState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    cause: Mapped[str | None] = mapped_column(Text)


def in_state(state: NotificationState) -> ColumnElement[bool]:
    """The condition that a notification is in a state, written so that an index of such a state alone can serve it."""
    return Notification.state == literal(state.value, literal_execute=True)


# How a notification is joined to its contact and to its case's board, once they are known.
CONTACT_OF_NOTIFICATION = and_(
    Contact.submission_id == Notification.submission_id, Contact.municipality == Notification.municipality
)
BOARD_OF_NOTIFICATION = and_(
    CaseBoard.submission_id == Notification.submission_id, CaseBoard.municipality == Notification.municipality
)


class Delivery(Base):
    """One attempt over one channel: `result` is a DeliveryResult, `code` is the reason."""

    __tablename__ = "deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id"), index=True)
    attempted_at: Mapped[datetime] = mapped_column(Utc, index=True)
    channel: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)


class RecentMail(Base):
    """The mails that were taken to be sent to one recipient (shared/recipients.py) lately: when each was counted.

    Times are seconds since 1970. `allowed` is how many were counted the last time, at `last_at`. PostgreSQL writes the
    table to no log: what a crash loses is only who has got how much.
    """

    __tablename__ = "recent_mails"

    recipient: Mapped[str] = mapped_column(Text, primary_key=True)
    counted_at: Mapped[list[float]] = mapped_column(JSON().with_variant(ARRAY(Double()), "postgresql"))
    allowed: Mapped[int]
    last_at: Mapped[float] = mapped_column(Double)


class Retry(Base):
    """An officer's request to try a failed notification again; the same key twice is one request."""

    __tablename__ = "retries"
    __table_args__ = (UniqueConstraint("municipality", "requested_by", "idempotency_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id"), index=True)
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(Utc, index=True)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
