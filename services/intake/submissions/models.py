"""The table of submissions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base
from shared.database import Json, Utc
from shared.swedish.time import local_date

_keyed = text("idempotency_key IS NOT NULL")
_without_case = text("registered_at IS NULL")
_without_receipt = text("receipt_outcome IS NULL")


class Submission(Base):
    """What a submitter sent. It never changes, but for the two last columns, which events set later.

    `reference` is the submitter's key to the status page, `answers` the answers with the types and labels of the form,
    with a row (type `file`) for each question that files answer, `fingerprint` shows whether another body was sent with
    the same `idempotency_key`. `secret`: its e-service has a secrecy class. `submitter_is_party`: the submitter has the
    rights of a party. `channel` is how it came where an officer has entered it, and `arrived_on` on which day; None
    where its submitter sent it. `registered_at` is when its case was registered, `receipt_outcome` what became of the
    receipt notification.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("municipality", "idempotency_key"),
        Index("ix_submissions_keyed", "received_at", postgresql_where=_keyed, sqlite_where=_keyed),
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
    submitter_is_party: Mapped[bool] = mapped_column(server_default=true())
    title: Mapped[dict[str, str]] = mapped_column(Json)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str | None] = mapped_column(Text)
    arrived_on: Mapped[date | None]
    registered_at: Mapped[datetime | None] = mapped_column(Utc)
    receipt_outcome: Mapped[str | None] = mapped_column(Text)

    @property
    def received_on(self) -> date:
        """The day in Sweden that it reached the municipality, which time limits are counted from (FL 22 §)."""
        return self.arrived_on or local_date(self.received_at)
