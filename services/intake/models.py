"""Intake's own tables: what was sent in, the files that came with it, and what has happened since."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns
from shared.database import NAMING, Json, Utc

_without_case = text("registered_at IS NULL")
_without_receipt = text("receipt_outcome IS NULL")
_unclaimed = text("submission_id IS NULL")


class Base(DeclarativeBase):
    """What all tables of intake belong to."""

    metadata = MetaData(naming_convention=NAMING)


class Outbox(OutboxColumns, Base):
    """What intake tells: `submission.*`."""


class Inbox(InboxColumns, Base):
    """The events that intake has acted on."""


class FailedEvent(FailedEventColumns, Base):
    """Events that intake could not handle."""


class Submission(Base):
    """What a submitter sent. It never changes, but for the two last columns: what was heard of it since.

    `reference` is the submitter's key to the status page, `answers` what was said with the types and labels of the form
    (`forms/answers.py`), `fingerprint` tells another body sent with the same `idempotency_key`. `secret`: its
    e-service has a secrecy class. `registered_at` is when its case was registered, `receipt_outcome` what became of
    the receipt notification.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("municipality", "idempotency_key"),
        Index(
            "ix_submissions_without_case",
            "received_at",
            postgresql_where=_without_case,
            sqlite_where=_without_case,
        ),
        Index(
            "ix_submissions_without_receipt",
            "received_at",
            postgresql_where=_without_receipt,
            sqlite_where=_without_receipt,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    eservice: Mapped[str] = mapped_column(Text)
    eservice_version: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Utc)
    language: Mapped[str] = mapped_column(Text)
    eservice_title: Mapped[dict[str, str]] = mapped_column(Json)
    legal_regime: Mapped[str] = mapped_column(Text)
    secret: Mapped[bool]
    title: Mapped[dict[str, str]] = mapped_column(Json)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime | None] = mapped_column(Utc)
    receipt_outcome: Mapped[str | None] = mapped_column(Text)


class Supplement(Base):
    """What the submitter sent to a submission already received. `number` counts from 1 within it."""

    __tablename__ = "supplements"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        UniqueConstraint("submission_id", "idempotency_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Utc)
    text: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)


class Attachment(Base):
    """A file in storage. Until a submission claims it, `submission_id` is null and its life is a day.

    `field` is the field of the e-service's form that it answers; `size` is in bytes, `sha256` in hex.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_unclaimed", "received_at", postgresql_where=_unclaimed, sqlite_where=_unclaimed),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Utc)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    supplement_id: Mapped[UUID | None] = mapped_column(ForeignKey("supplements.id"))


class ReceivedEvent(Base):
    """One event heard about a submission, as it was told. `sequence` orders those of its case, however they came."""

    __tablename__ = "received_events"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(Utc)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
