"""The table of saved filters."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class SavedFilter(Base):
    """What a queue's list is filtered and sorted by, under a name: for everybody who sees the queue.

    `private`: for who saved it, alone. `query` is as in the address of the queue's page, without personal data.
    """

    __tablename__ = "saved_filters"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    queue: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    saved_by_subject: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Utc)
    version: Mapped[int] = mapped_column(default=1)
    private: Mapped[bool]

    __table_args__ = (
        Index(
            "uq_saved_filters_shared",
            *("municipality", "queue", "name"),
            unique=True,
            postgresql_where=text("NOT private"),
            sqlite_where=text("NOT private"),
        ),
        Index(
            "uq_saved_filters_private",
            *("municipality", "queue", "saved_by_subject", "name"),
            unique=True,
            postgresql_where=text("private"),
            sqlite_where=text("private"),
        ),
    )
