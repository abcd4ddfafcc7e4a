"""The table of holds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc

_OPEN = text("ended_at IS NULL")


class HoldOutcome(StrEnum):
    """How a hold ended: at its time, by an officer before that, by a supplement, or by a new hold in its place.

    TAKEN: an officer claimed or reopened the case, to work with it now.
    """

    RETURNED = "returned"
    ENDED = "ended"
    SUPPLEMENTED = "supplemented"
    REPLACED = "replaced"
    TAKEN = "taken"


class Hold(Base):
    """A case is out of the working lists until `until`, for a reason; open until it has ended. A case has one at most.

    `outcome` is text: a newer version of the service may have written one that `HoldOutcome` does not have.
    """

    __tablename__ = "holds"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    municipality: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(Utc)
    begun_at: Mapped[datetime] = mapped_column(Utc)
    begun_by_subject: Mapped[str] = mapped_column(Text)
    begun_by: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_holds_case_id", "case_id", "begun_at"),
        Index("uq_holds_open", "case_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_holds_by_time", "until", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
