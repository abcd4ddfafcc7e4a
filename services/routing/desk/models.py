"""The table of the desk's sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Json, Utc


class DeskSession(Base):
    """An officer who is signed in at the desk. Signing out deletes the row, which ends the session everywhere."""

    __tablename__ = "desk_sessions"
    __table_args__ = (Index("ix_desk_sessions_expires_at", "expires_at"),)

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    officer: Mapped[dict[str, Any]] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(Utc)
