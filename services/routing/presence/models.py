"""The table of who has which case open."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class CasePresence(Base):
    """An officer whose browser showed a case `at` that time. One that is not renewed is over within seconds."""

    __tablename__ = "case_presences"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    municipality: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    subject: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (UniqueConstraint("case_id", "subject"), Index("ix_case_presences_at", "at"))
