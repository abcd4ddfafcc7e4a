"""How the queues stand, for operators' figures and alerts."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases import State
from services.routing.models import STILL_OPEN, Case
from services.routing.organisation import Organisation
from shared.swedish.time import local_date

DEPTH = Gauge("routing_queue_cases", "Cases that wait for an officer.", ["municipality", "queue"])
OLDEST = Gauge(
    "routing_queue_oldest_seconds",
    "Age of the oldest of them, since it was received.",
    ["municipality", "queue"],
)
OVERDUE = Gauge("routing_cases_overdue", "Open cases past their last day.", ["municipality", "queue"])
UNMATCHED = Gauge(
    "routing_cases_unmatched_waiting", "Cases that wait for a registrar to pass them on.", ["municipality"]
)


def measure(sessions: sessionmaker[Session], organisations: Iterable[Organisation], *, now: datetime) -> None:
    """Set the gauges of every queue that a municipality has; an empty one reads zero."""
    waiting = Case.state == State.QUEUED
    standing = (
        select(
            Case.municipality,
            Case.queue,
            func.count().filter(waiting).label("waiting"),
            func.min(Case.received_at).filter(waiting).label("oldest"),
            func.count().filter(Case.due_by < local_date(now)).label("overdue"),
        )
        .where(STILL_OPEN)
        .group_by(Case.municipality, Case.queue)
    )
    with sessions() as session:
        found = {(row.municipality, row.queue): row for row in session.execute(standing)}
    for organisation in organisations:
        for queue in organisation.queues:
            row = found.get((organisation.municipality, queue))
            labels = (organisation.municipality, queue)
            DEPTH.labels(*labels).set(row.waiting if row else 0)
            OLDEST.labels(*labels).set((now - row.oldest).total_seconds() if row and row.oldest else 0)
            OVERDUE.labels(*labels).set(row.overdue if row else 0)
            if queue == organisation.registrar_queue:
                UNMATCHED.labels(organisation.municipality).set(row.waiting if row else 0)
