"""The table of mails that came in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models import Base
from shared.database import Utc


class ReceivedMail(Base):
    """A mail that has been taken, by which it is recognised when it comes again; its text is not kept here.

    `id` is made of its Message-ID, of who sent it to whom. `submission_id` None: its address had no right token.
    """

    __tablename__ = "received_mails"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[UUID | None]
    received_at: Mapped[datetime] = mapped_column(Utc, index=True)

    __table_args__ = (Index("ix_received_mails_of_submission", "municipality", "submission_id", "received_at"),)
