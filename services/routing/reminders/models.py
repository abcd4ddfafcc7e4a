"""The table of reminders."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc

_OPEN = text("finished_at IS NULL")


class Reminder(Base):
    """An officer is to be reminded of a case on a day. `private`: only who made it sees it; else all who see the case.

    Open until `finished_at`.
    """

    __tablename__ = "reminders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    municipality: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    private: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Utc)
    created_by_subject: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)

    __table_args__ = (
        Index("ix_reminders_case_id", "case_id", "due_on"),
        Index(
            "ix_reminders_by_author",
            *("municipality", "created_by_subject", "due_on"),
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
    )
