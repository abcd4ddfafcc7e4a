"""The tables of standard texts: as they are now, and every version that they have had."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.routing.models import Base
from shared.database import Json, Utc


class StandardText(Base):
    """A text of the municipality for one `action`, in every queue and e-service or in the one that is named.

    `text` is by language, with placeholders; the Swedish is always there. `outcome` is chosen with it, where it is for
    a decision. `removed`: no longer offered. `version` counts its changes.
    """

    __tablename__ = "standard_texts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    queue: Mapped[str | None] = mapped_column(Text)
    eservice: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    text: Mapped[dict[str, str]] = mapped_column(Json)
    removed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_standard_texts_municipality", "municipality", "removed", "action"),)


class StandardTextVersion(Base):
    """What a standard text was from a moment on, and who made it so. `content` has its values by column.

    `idempotency_key` and `fingerprint` let the same request sent twice have the same answer.
    """

    __tablename__ = "standard_text_versions"

    text_id: Mapped[UUID] = mapped_column(ForeignKey("standard_texts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    by_subject: Mapped[str] = mapped_column(Text)
    by_name: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)

    standard_text: Mapped[StandardText] = relationship(lazy="raise")  # so that it is inserted first

    __table_args__ = (
        Index(
            "uq_standard_text_versions_idempotency_key",
            *("municipality", "by_subject", "idempotency_key"),
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
            sqlite_where=text("idempotency_key IS NOT NULL"),
        ),
    )
