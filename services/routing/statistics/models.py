"""The tables of what is known of cases together: how each ended, the figures of a leader's page, expected times."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class CaseEnd(Base):
    """How a case ended: the day, and how many `days` it took from the day it was received.

    `days_in_queue` of them passed before an officer took it; None: nobody did. `in_time` None: it had no deadline. A
    case that is reopened has no end until it ends again.
    """

    __tablename__ = "case_ends"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    protected: Mapped[bool]
    queue: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    ended_on: Mapped[date]
    days: Mapped[int]
    days_in_queue: Mapped[int | None]
    in_time: Mapped[bool | None]

    __table_args__ = (Index("ix_case_ends_ended_on", "ended_on"),)


class CaseFigure(Base):
    """So many `cases` of a queue and an e-service, by a measure, as they were at `taken_at`.

    `value` is what the measure divides by: the Monday of a week, an age, an officer's subject. `name` is the officer's.
    """

    __tablename__ = "case_figures"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    municipality: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    protected: Mapped[bool]
    queue: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    cases: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("ix_case_figures_municipality", "municipality"),)


class ExpectedTime(Base):
    """How long the cases of an e-service took that ended within the last year: so many `cases`, and whole days.

    Half of them took at most `median_days`, nine of ten `ninetieth_days`; likewise until an officer took them.
    """

    __tablename__ = "expected_times"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    eservice: Mapped[str] = mapped_column(Text, primary_key=True)
    cases: Mapped[int]
    median_days: Mapped[int]
    ninetieth_days: Mapped[int]
    median_days_in_queue: Mapped[int]
    ninetieth_days_in_queue: Mapped[int]
    sequence: Mapped[int]
