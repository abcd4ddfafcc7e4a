"""How the hand-overs stand, for operators' figures and alerts."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.directory.models import HandOver

OLDEST = Gauge(
    "routing_hand_overs_oldest_seconds",
    "How long ago the oldest hand-over that is under way was requested.",
    ["municipality"],
)


def measure(sessions: sessionmaker[Session], municipalities: Iterable[str], *, now: datetime) -> None:
    """Set the gauge of every municipality; one in which none is under way reads zero."""
    under_way = select(HandOver.municipality, func.min(HandOver.requested_at)).where(HandOver.ended_at.is_(None))
    with sessions() as session:
        found = {row[0]: row[1] for row in session.execute(under_way.group_by(HandOver.municipality))}
    for municipality in {*municipalities, *found}:
        OLDEST.labels(municipality).set((now - found.get(municipality, now)).total_seconds())
