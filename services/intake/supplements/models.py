"""The table of supplements."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base
from shared.database import Utc

_keyed = text("idempotency_key IS NOT NULL")


class Supplement(Base):
    """What the submitter sent to a submission already received. `number` counts from 1 within it."""

    __tablename__ = "supplements"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        UniqueConstraint("submission_id", "idempotency_key"),
        Index("ix_supplements_keyed", "received_at", postgresql_where=_keyed, sqlite_where=_keyed),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Utc)
    text: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)
