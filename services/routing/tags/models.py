"""The table of the tags that boards use."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class BoardTag(Base):
    """A tag that officers have given cases of a board, and when they last did; apart for the board's protected cases.

    Which cases have it stands with the cases (`Case.tags`).
    """

    __tablename__ = "board_tags"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    board: Mapped[str] = mapped_column(Text, primary_key=True)
    protected: Mapped[bool] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(Text, primary_key=True)
    used_at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("ix_board_tags_by_use", "municipality", "board", "protected", "used_at"),)
