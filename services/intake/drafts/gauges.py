"""Gauges of the drafts that are kept: how many, and how long the oldest has been left."""

from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.drafts.models import Draft

DRAFTS = Gauge("intake_drafts", "Drafts that are kept and not sent, by municipality.", ["municipality"])
OLDEST = Gauge(
    "intake_drafts_oldest_seconds", "How long ago the oldest of them was last saved, by municipality.", ["municipality"]
)


def measure(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Set the gauges; a municipality without drafts has none."""
    unsent = (
        select(Draft.municipality, func.count(), func.min(Draft.saved_at))
        .where(Draft.reference.is_(None))
        .group_by(Draft.municipality)
    )
    with sessions() as session:
        found = session.execute(unsent).all()
    DRAFTS.clear()
    OLDEST.clear()
    for municipality, count, oldest in found:
        DRAFTS.labels(municipality).set(count)
        OLDEST.labels(municipality).set((now - oldest).total_seconds())
