"""The table of who watches which case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class Watcher(Base):
    """An officer follows a case that need not be theirs. Whether they may see it is asked of the case each time."""

    __tablename__ = "watchers"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("ix_watchers_by_subject", "municipality", "subject", "since"),)
