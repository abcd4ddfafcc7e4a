"""The table of definitions that something was begun with."""

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base
from shared.database import Utc


class EServiceVersion(Base):
    """The text of a definition as it was when something was first begun with it, by the SHA-256 of the text."""

    __tablename__ = "eservice_versions"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    content_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    eservice: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    source: Mapped[bytes] = mapped_column(LargeBinary)
    remembered_at: Mapped[datetime] = mapped_column(Utc)
