"""How much of the bulk jobs waits, for operators' figures."""

from collections.abc import Iterable

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.bulk.models import BulkCase, BulkJob, Progress

WAITING = Gauge("routing_bulk_cases_waiting", "Cases of bulk jobs that wait for the worker.", ["municipality"])


def measure(sessions: sessionmaker[Session], municipalities: Iterable[str]) -> None:
    """Set the gauge of every municipality; one in which none waits reads zero."""
    waiting = select(BulkJob.municipality, func.count()).join(BulkCase, BulkCase.job_id == BulkJob.id)
    waiting = waiting.where(BulkJob.finished_at.is_(None), BulkCase.progress == Progress.WAITING)
    with sessions() as session:
        found = {row[0]: row[1] for row in session.execute(waiting.group_by(BulkJob.municipality))}
    for code in municipalities:
        WAITING.labels(code).set(found.get(code, 0))
