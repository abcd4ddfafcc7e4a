"""The columns of what editors keep: as it is now, and as every version that it has had."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.database import Json, Utc

_WITH_KEY = text("idempotency_key IS NOT NULL")


class Edited:
    """What is offered in every queue and e-service, or in the one that is named. `version` counts its changes.

    `removed`: no longer offered.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    queue: Mapped[str | None] = mapped_column(Text)
    eservice: Mapped[str | None] = mapped_column(Text)
    removed: Mapped[bool] = mapped_column(default=False)


class EditedVersion:
    """What it was from a moment on, and who made it so. `content` has its values by column.

    `idempotency_key` and `fingerprint` let the same request sent twice have the same answer. A table of versions adds
    `edited_id`, its key beside `version`, and `edited`, so that what the version is of is inserted first.
    """

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    by_subject: Mapped[str] = mapped_column(Text)
    by_name: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)


def index_of_keys(table: str) -> Index:
    """The index that lets an officer's idempotency key be used once in a table."""
    return Index(
        f"uq_{table}_idempotency_key",
        *("municipality", "by_subject", "idempotency_key"),
        unique=True,
        postgresql_where=_WITH_KEY,
        sqlite_where=_WITH_KEY,
    )
