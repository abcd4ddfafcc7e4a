"""The table of how many cases stand in the queues."""

from datetime import date

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base


class CaseCount(Base):
    """So many `cases` came to stand like this, or, where it is negative, no longer do: a count is the sum of its rows.

    Triggers on the table of cases write the rows, each in the transaction of its change, so that no two changes wait
    for each other (docs/decisions/0017). `due_by` is NO_DEADLINE for cases that are not open.
    """

    __tablename__ = "case_counts"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    municipality: Mapped[str] = mapped_column(Text)
    queue: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    protected: Mapped[bool]
    state: Mapped[str] = mapped_column(Text)
    due_by: Mapped[date]
    cases: Mapped[int]

    __table_args__ = (
        Index("ix_case_counts_by_queue", "municipality", "queue", "board", "protected", "state", "due_by"),
    )
