"""The table of declared conflicts of interest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Utc


class ConflictOfInterest(Base):
    """An officer has declared a conflict of interest in a case (jäv, FL 16-18 §§). The journal has the reason."""

    __tablename__ = "conflicts_of_interest"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime] = mapped_column(Utc)
