"""The table of supplement requests."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class RequestOutcome(StrEnum):
    """How a supplement request ended: answered, withdrawn by an officer, or lapsed by a decision without it."""

    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class SupplementRequest(Base):
    """What an officer has requested the submitter to send, by `answer_by`; open until it has ended.

    `outcome` is text: a newer version of the service may have written one that `RequestOutcome` does not have.
    """

    __tablename__ = "supplement_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    municipality: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(Utc)
    requested_by_subject: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[str | None] = mapped_column(Text)
    answer_by: Mapped[date]
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_supplement_requests_case_id", "case_id", "requested_at"),)
