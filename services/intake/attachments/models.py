"""The table of attachments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base
from shared.database import Utc

_unclaimed = text("submission_id IS NULL")
_claimed = text("submission_id IS NOT NULL")
_damaged = text("damage IS NOT NULL")


class Attachment(Base):
    """A file in storage. Until a submission claims it, `submission_id` is null and its life is a day, or a draft's.

    `kept_until` is set while a draft has the file.

    `field` is the field of the e-service's form that it answers; once it is claimed, with the entry of a repeated
    section (`children.1.certificate`). `size` is in bytes, `sha256` in hex. `checked_at` is
    when the file was last compared with them, `damage` what was wrong with it then.
    `position_removed`: it came with the place where it was taken, which is removed.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_unclaimed", "received_at", postgresql_where=_unclaimed, sqlite_where=_unclaimed),
        Index("ix_attachments_checked_at", "checked_at", postgresql_where=_claimed, sqlite_where=_claimed),
        Index("ix_attachments_damaged", "checked_at", postgresql_where=_damaged, sqlite_where=_damaged),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    position_removed: Mapped[bool] = mapped_column(default=False, server_default=false())
    received_at: Mapped[datetime] = mapped_column(Utc)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    kept_until: Mapped[datetime | None] = mapped_column(Utc)
    supplement_id: Mapped[UUID | None] = mapped_column(ForeignKey("supplements.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Utc)
    damage: Mapped[str | None] = mapped_column(Text)
