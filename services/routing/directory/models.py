"""The tables of the directory: officers, their boards, when they are absent, and the hand-overs of their cases."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.routing.models import Base
from shared.database import Json, Utc


class KnownOfficer(Base):
    """An officer of a municipality: who has signed in, with what their token last had, or whom its file names.

    `subject` is as tokens have it; addresses have `id`, as a subject may be an identity number. `every_board`: a
    registrar whose token names no board. `last_seen_on` is the day in Sweden; None: known from the file alone.
    `queues` and `eservices` are the codes of those that `claim next` hands them cases of; None: all of them.
    """

    __tablename__ = "officers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))
    every_board: Mapped[bool]
    leads: Mapped[bool]
    last_seen_on: Mapped[date | None]
    queues: Mapped[list[str] | None] = mapped_column(Json)
    eservices: Mapped[list[str] | None] = mapped_column(Json)

    of_boards: Mapped[list["OfficerBoard"]] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        UniqueConstraint("municipality", "subject"),
        Index("ix_officers_by_name", "municipality", "sort_key", "id"),
    )

    @property
    def boards(self) -> list[str]:
        """The codes of their boards, in order; none where they are of every board."""
        return sorted(each.board for each in self.of_boards)


class OfficerBoard(Base):
    """A board whose cases an officer handles."""

    __tablename__ = "officer_boards"

    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officers.id", ondelete="CASCADE"), primary_key=True)
    board: Mapped[str] = mapped_column(Text, primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)


class Absence(Base):
    """An officer is away from `first_day` to `last_day`, both in it; None: until it is removed."""

    __tablename__ = "absences"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officers.id", ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("officers.id", ondelete="SET NULL"))
    entered_at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (
        Index("ix_absences_of_officer", "officer_id", "first_day"),
        Index("ix_absences_entered_at", "entered_at"),
    )


class HandOver(Base):
    """That the open cases of an officer go to another, or back to their queues; under way until it has ended.

    `by` is who requested it, with the boards of then; `queues` are those whose cases go, None: of every queue. `handed`
    counts in the transaction of each case. `subtasks` and `subtasks_not_taken` are known when it has ended:
    `receiver_gone`, the new officer was no longer in the directory then.
    """

    __tablename__ = "hand_overs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    by: Mapped[dict[str, Any]] = mapped_column(Json)
    by_subject: Mapped[str] = mapped_column(Text)
    from_subject: Mapped[str] = mapped_column(Text)
    from_name: Mapped[str] = mapped_column(Text)
    to_subject: Mapped[str | None] = mapped_column(Text)
    to_name: Mapped[str | None] = mapped_column(Text)
    queues: Mapped[list[str] | None] = mapped_column(Json)
    total: Mapped[int]
    handed: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    subtasks: Mapped[int | None]
    subtasks_not_taken: Mapped[int | None]
    receiver_gone: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_hand_overs_ended_at", "ended_at"),)


class HandOverFailure(Base):
    """A case that a hand-over could not move, and why: a code of `hand_over.FailureReason`."""

    __tablename__ = "hand_over_failures"

    hand_over_id: Mapped[UUID] = mapped_column(ForeignKey("hand_overs.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
