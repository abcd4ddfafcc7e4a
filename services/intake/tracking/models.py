"""The table of received events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base
from shared.database import Json, Utc


class ReceivedEvent(Base):
    """One event received about a submission. `sequence` orders those of its case, in whatever order they came.

    The submitter's request for a decision, which intake itself publishes, is kept here too: once.
    `payload` is as it came; `version` is its version, from which it is lifted when it is read.
    """

    __tablename__ = "received_events"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(Utc)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)


class MeasuredTimes(Base):
    """How long an e-service's cases take: `measured` is the last event about it, `sequence` its place among them."""

    __tablename__ = "measured_times"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    eservice: Mapped[str] = mapped_column(Text, primary_key=True)
    sequence: Mapped[int]
    measured: Mapped[dict[str, Any]] = mapped_column(Json)
