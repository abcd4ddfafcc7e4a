"""The tables of mails that found no case, and of who read them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Json, Utc

_WAITING = text("ended_at IS NULL")


class MailOutcome(StrEnum):
    """How a mail ended its wait: it is in a case, or it belongs in none."""

    PLACED = "placed"
    DISMISSED = "dismissed"


class UnplacedMail(Base):
    """A mail that came in and found no case; it waits until it has ended.

    `submission_id` is that whose token its address had, which has no case here. Its content is emptied once it is in a
    case, where its journal has it. `ended_by` None: the case came after the mail, and nobody needed to place it.
    """

    __tablename__ = "unplaced_mails"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Utc)
    submission_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    ended_at: Mapped[datetime | None] = mapped_column(Utc, index=True)
    ended_by_subject: Mapped[str | None] = mapped_column(Text)
    ended_by: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))

    __table_args__ = (
        Index(
            "ix_unplaced_mails_waiting",
            *("municipality", "received_at", "id"),
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
    )


class UnplacedMailRead(Base):
    """The access log of mails that wait: whom one was shown to, and when. It is kept for longer than the mail."""

    __tablename__ = "unplaced_mail_reads"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    municipality: Mapped[str] = mapped_column(Text)
    mail_id: Mapped[UUID] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc, index=True)
