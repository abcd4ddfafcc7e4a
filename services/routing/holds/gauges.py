"""How the holds stand, for operators' figures and alerts."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.holds.models import Hold

WAITING = Gauge("routing_holds_waiting", "Cases on hold that have yet to come back.", ["municipality"])
OVERDUE = Gauge("routing_holds_overdue", "Cases on hold that should have come back by now.", ["municipality"])


def measure(sessions: sessionmaker[Session], municipalities: Iterable[str], *, now: datetime) -> None:
    """Set the gauges of every municipality; one without cases on hold reads zero."""
    overdue = func.count().filter(Hold.until <= now)
    counted = select(Hold.municipality, func.count(), overdue).where(Hold.ended_at.is_(None))
    with sessions() as session:
        rows = session.execute(counted.group_by(Hold.municipality))
        found = {municipality: (waiting, late) for municipality, waiting, late in rows}
    for municipality in {*municipalities, *found}:
        waiting, late = found.get(municipality, (0, 0))
        WAITING.labels(municipality).set(waiting)
        OVERDUE.labels(municipality).set(late)
