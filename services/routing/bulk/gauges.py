"""How much of the bulk jobs waits, and whether they go on, for operators' figures and alerts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.bulk.models import BulkCase, BulkJob, Progress

WAITING = Gauge("routing_bulk_cases_waiting", "Cases of bulk jobs that wait for the worker.", ["municipality"])
IDLE = Gauge(
    "routing_bulk_idle_seconds",
    "How long since anything was done of the unfinished bulk job that has stood still the longest.",
    ["municipality"],
)


def measure(sessions: sessionmaker[Session], municipalities: Iterable[str], *, now: datetime) -> None:
    """Set the gauges of every municipality; one in which no job is under way reads zero."""
    waiting, idle = defaultdict[str, int](int), defaultdict[str, float](float)
    counted = func.count().filter(BulkCase.progress == Progress.WAITING)
    of_jobs = select(BulkJob.municipality, counted, func.max(BulkCase.changed_at))
    of_jobs = of_jobs.join(BulkCase, BulkCase.job_id == BulkJob.id).where(BulkJob.finished_at.is_(None))
    with sessions() as session:
        for code, cases, latest in session.execute(of_jobs.group_by(BulkJob.id, BulkJob.municipality)):
            waiting[code] += cases
            idle[code] = max(idle[code], (now - latest).total_seconds())
    for code in {*municipalities, *waiting}:
        WAITING.labels(code).set(waiting[code])
        IDLE.labels(code).set(idle[code])
