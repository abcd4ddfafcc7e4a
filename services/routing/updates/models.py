"""The tables of what is new for officers, and of who wants a mail about it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Json, Utc

_UNSEEN = text("seen_at IS NULL")
_OF_LAST_DAY = text("due_on IS NOT NULL")


class CaseUpdate(Base):
    """Something new in a case for one officer: a journal entry by somebody else, or that the last day is near.

    `sequence` is the number of the journal entry, or `due_on` the last day; the other is None. `seen_at`: when the
    officer had the case before them afterwards. `mailed`: it has been in a mail.
    """

    __tablename__ = "case_updates"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    municipality: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    sequence: Mapped[int | None]
    due_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime | None] = mapped_column(Utc)
    mailed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index(
            "ix_case_updates_unseen",
            *("municipality", "subject", "case_id"),
            postgresql_where=_UNSEEN,
            sqlite_where=_UNSEEN,
        ),
        Index(
            "uq_case_updates_due_on",
            *("case_id", "subject", "due_on"),
            unique=True,
            postgresql_where=_OF_LAST_DAY,
            sqlite_where=_OF_LAST_DAY,
        ),
        Index("ix_case_updates_at", "at"),
    )


class UpdateMail(StrEnum):
    """When an officer gets a mail about what is new: never, as it comes, or once each morning."""

    OFF = "off"
    AT_ONCE = "at_once"
    DAILY = "daily"


class UpdatePreference(Base):
    """How an officer wants to learn of what is new, and what is known of them while they are not signed in.

    `email` and `boards` (None: all) are as their latest token had them, at `signed_in_at`. What was new before
    `chosen_at` is in no mail.
    """

    __tablename__ = "update_preferences"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    mail: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    boards: Mapped[list[str] | None] = mapped_column(Json)
    chosen_at: Mapped[datetime] = mapped_column(Utc)
    signed_in_at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("ix_update_preferences_signed_in_at", "signed_in_at"),)
