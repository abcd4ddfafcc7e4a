"""The table of adopted rule sets."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Json, Utc


class RuleSet(Base):
    """A municipality's boards, queues and rules as they stood from `adopted_at` on, until the next version."""

    __tablename__ = "rule_sets"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    adopted_at: Mapped[datetime] = mapped_column(Utc)
