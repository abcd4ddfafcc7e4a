"""The table of sub-tasks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.cases.models import NO_DEADLINE
from services.routing.models import Base
from shared.database import Utc

_OPEN = text("finished_at IS NULL")


class Subtask(Base):
    """A part of the work with a case that one officer does; open until `finished_at`.

    `due_by` is NO_DEADLINE where no day is set, so that sorting and cursors need no rule for null. `handed_on_by` is
    who last gave it to another than it was made for, `handed_on_from` who had it until then.
    """

    __tablename__ = "subtasks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    municipality: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    assignee_subject: Mapped[str] = mapped_column(Text)
    assignee_name: Mapped[str] = mapped_column(Text)
    due_by: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Utc)
    created_by_subject: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    handed_on_by: Mapped[str | None] = mapped_column(Text)
    handed_on_from: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
    finished_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_subtasks_case_id", "case_id", "created_at"),
        Index(
            "ix_subtasks_by_assignee",
            *("municipality", "assignee_subject", "due_by", "id"),
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
    )

    @property
    def due_on(self) -> date | None:
        """The day when it should be finished, where there is one."""
        return None if self.due_by == NO_DEADLINE else self.due_by
