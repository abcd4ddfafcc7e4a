"""The table of files that came with mail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models import Base
from shared.database import Utc

_waiting = text("mail_id IS NULL")
_taken = text("mail_id IS NOT NULL")
_damaged = text("damage IS NOT NULL")
_dismissed = text("kept_until IS NOT NULL")


class MailFile(Base):
    """A file in storage. Until the mail that it came with is received, `mail_id` is null and its life is a day.

    `submission_id` is that whose token the mail's address had; None where it had no right one. `kept_until` is set once
    the mail belongs in no case. `size` is in bytes, `sha256` in hex. `checked_at` is when the file was last compared
    with them, `damage` what was wrong with it then. `position_removed`: it came with the place where it was taken,
    which is removed.
    """

    __tablename__ = "mail_files"
    __table_args__ = (
        Index("ix_mail_files_lately", "municipality", "received_at"),
        Index("ix_mail_files_of_mail", "mail_id", postgresql_where=_taken, sqlite_where=_taken),
        Index("ix_mail_files_waiting", "received_at", postgresql_where=_waiting, sqlite_where=_waiting),
        Index("ix_mail_files_dismissed", "kept_until", postgresql_where=_dismissed, sqlite_where=_dismissed),
        Index("ix_mail_files_checked_at", "checked_at", postgresql_where=_taken, sqlite_where=_taken),
        Index("ix_mail_files_damaged", "checked_at", postgresql_where=_damaged, sqlite_where=_damaged),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[UUID | None]
    mail_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    position_removed: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(Utc)
    kept_until: Mapped[datetime | None] = mapped_column(Utc)
    checked_at: Mapped[datetime | None] = mapped_column(Utc)
    damage: Mapped[str | None] = mapped_column(Text)
