"""The table of commands that other systems have sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class CommandRecord(Base):
    """A command, by the broker's user who sent it and its id, and the reply to it: repeated, it gets the same.

    `fingerprint` is that of its content; None: whatever the content is. While `reply` is None the worker `begun_by`
    has begun to handle it; `crashes` is how many others' processes have ended in the middle of it. Such a command may
    end a process before it can be read, so the record names no municipality.
    """

    __tablename__ = "command_records"

    system: Mapped[str] = mapped_column(Text, primary_key=True)
    command_id: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Utc, index=True)
    begun_by: Mapped[UUID | None]
    crashes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
