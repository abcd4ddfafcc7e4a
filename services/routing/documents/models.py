"""The table of documents: files that officers send with an action."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc

_waiting = text("sequence IS NULL")
_sent = text("sequence IS NOT NULL")
_damaged = text("damage IS NOT NULL")


class Document(Base):
    """A file in storage, for a case. Until an action is performed with it, `sequence` is null and its life is a day.

    `sequence` is then the number of the action's journal entry. `size` is in bytes, `sha256` in hex. `uploaded_by` is
    the subject of the officer. `checked_at` is when the file was last compared with them, `damage` what was wrong with
    it then. `position_removed`: it came with the place where it was taken, which is removed.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_case_id", "case_id"),
        Index("ix_documents_waiting", "received_at", postgresql_where=_waiting, sqlite_where=_waiting),
        Index("ix_documents_checked_at", "checked_at", postgresql_where=_sent, sqlite_where=_sent),
        Index("ix_documents_damaged", "checked_at", postgresql_where=_damaged, sqlite_where=_damaged),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    sequence: Mapped[int | None]
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    position_removed: Mapped[bool]
    uploaded_by: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Utc)
    checked_at: Mapped[datetime | None] = mapped_column(Utc)
    damage: Mapped[str | None] = mapped_column(Text)
