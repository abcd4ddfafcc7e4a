"""The tables of drafts, and of the reminders that their e-services close."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base
from shared.database import Json, Utc

_is_unsent = text("reference IS NULL")


class Draft(Base):
    """A form that is being filled in, as its pages were saved.

    `code_hash` is SHA-256 of the code that opens it, `definition` the hash of what its e-service was like. `pages` has
    what was typed, by page and input; `page_revisions` in which revision each page was last saved; `others` what
    another device had saved of a page that was then saved over. `files` are the uploads by question, each as its id and
    name. `prefilled` has what each page was prefilled with, None before any was. `key` is the idempotency key that it
    is sent with, `reference` that of the submission it became. `language` is that in which it was last saved, None
    before languages were kept. `reminder_address` is where its submitter wants a reminder that the e-service closes:
    empty where they want none, None where the form's own address serves. `officer_subject` and `officer_name`: who
    fills it in for somebody; None where the submitter does.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index(
            "ix_drafts_unsent",
            "municipality",
            "eservice",
            "saved_at",
            postgresql_where=_is_unsent,
            sqlite_where=_is_unsent,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    definition: Mapped[str] = mapped_column(Text)
    code_hash: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    pages: Mapped[dict[str, dict[str, str]]] = mapped_column(Json)
    page_revisions: Mapped[dict[str, int]] = mapped_column(Json)
    others: Mapped[dict[str, dict[str, str]]] = mapped_column(Json)
    files: Mapped[dict[str, list[str]]] = mapped_column(Json)
    prefilled: Mapped[dict[str, dict[str, Any]] | None] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)
    reference: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    reminder_address: Mapped[str | None] = mapped_column(Text)
    officer_subject: Mapped[str | None] = mapped_column(Text)
    officer_name: Mapped[str | None] = mapped_column(Text)

    def inputs(self) -> dict[str, str]:
        """What was typed on all pages, by input."""
        return {name: text for typed in self.pages.values() for name, text in typed.items()}


class Reminder(Base):
    """That the submitter of a draft has been notified, `days` before, that its e-service closes.

    One for each draft and, as somebody may have begun several, one for each recipient: `recipient` is a keyed hash,
    which names nobody.
    """

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("municipality", "eservice", "days", "recipient"),)

    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    notified_at: Mapped[datetime] = mapped_column(Utc, index=True)
