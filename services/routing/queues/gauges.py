"""How the queues stand, for operators' figures and alerts."""

from collections.abc import Collection
from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import STILL_OPEN, Case
from services.routing.cases.state_machine import State
from services.routing.organisation.organisation import Organisation
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

UNSEEN = Gauge(
    "routing_protected_cases_unseen",
    "Open protected cases of a municipality that names nobody who may see them.",
    ["municipality"],
)


def measure(sessions: sessionmaker[Session], organisations: Collection[Organisation], *, now: datetime) -> None:
    """Set the gauges of every queue that a municipality has, or no longer has and in which cases still stand.

    An empty one reads zero.
    """
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
    every = {(each.municipality, queue) for each in organisations for queue in each.queues}
    for labels in every | found.keys() | _shown_before():
        row = found.get(labels)
        DEPTH.labels(*labels).set(row.waiting if row else 0)
        OLDEST.labels(*labels).set((now - row.oldest).total_seconds() if row and row.oldest else 0)
        OVERDUE.labels(*labels).set(row.overdue if row else 0)
    for each in organisations:
        row = found.get((each.municipality, each.registrar_queue))
        UNMATCHED.labels(each.municipality).set(row.waiting if row else 0)
    _measure_unseen(sessions, organisations)


def _measure_unseen(sessions: sessionmaker[Session], organisations: Collection[Organisation]) -> None:
    protected = (
        select(Case.municipality, func.count().label("unseen"))
        .where(STILL_OPEN, Case.protected)
        .group_by(Case.municipality)
    )
    with sessions() as session:
        counts = {row.municipality: row.unseen for row in session.execute(protected)}
    for each in organisations:
        unseen = 0 if each.protected_officers else counts.get(each.municipality, 0)
        UNSEEN.labels(each.municipality).set(unseen)


def _shown_before() -> set[tuple[str, str]]:
    """The queues that are measured since earlier: one that is gone and emptied must not stand at its last figure."""
    samples = (sample for metric in DEPTH.collect() for sample in metric.samples)
    return {(sample.labels["municipality"], sample.labels["queue"]) for sample in samples}
