"""The table of drafts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base
from shared.database import Json, Utc


class Draft(Base):
    """A form that is being filled in, as its pages were saved.

    `code_hash` is SHA-256 of the code that opens it, `definition` the hash of what its e-service was like. `pages` has
    what was typed, by page and input; `page_revisions` in which revision each page was last saved; `others` what
    another device had saved of a page that was then saved over. `files` are the uploads by question, each as its id and
    name. `prefilled` has what each page was prefilled with, None before any was. `key` is the idempotency key that it
    is sent with, `reference` that of the submission it became.
    """

    __tablename__ = "drafts"

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

    def inputs(self) -> dict[str, str]:
        """What was typed on all pages, by input."""
        return {name: text for typed in self.pages.values() for name, text in typed.items()}
