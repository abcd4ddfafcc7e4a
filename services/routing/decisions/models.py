"""The table of decisions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Json, Utc


class Decision(Base):
    """A decision, with what FL 31 § requires; a reopened case may get another, as the next version.

    `decided_by` is who decided, `decided_by_subject` the officer who entered it; `appeal` the authority (name by
    language, address) that the submitter can appeal to.
    """

    __tablename__ = "decisions"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    outcome_label: Mapped[dict[str, str]] = mapped_column(Json)
    reasons: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    decided_at: Mapped[datetime] = mapped_column(Utc)
    decided_by_subject: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    presenter: Mapped[str | None] = mapped_column(Text)
    appeal: Mapped[dict[str, Any] | None] = mapped_column(Json)
