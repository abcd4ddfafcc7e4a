"""How the queues stand, for operators' figures and alerts."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import Case, expired
from services.routing.cases.state_machine import State
from services.routing.organisation.organisation import Organisation
from services.routing.queues.counts import OpenCases, by_queue, oldest, open_cases
from shared.swedish.time import local_date

DEPTH = Gauge("routing_queue_cases", "Cases that wait for an officer.", ["municipality", "queue"])
OLDEST = Gauge(
    "routing_queue_oldest_seconds",
    "Age of the oldest of them, since it was received.",
    ["municipality", "queue"],
)
OVERDUE = Gauge("routing_cases_overdue", "Open cases past their last day.", ["municipality", "queue"])
MUST_BE_DECIDED = Gauge(
    "routing_cases_must_be_decided",
    "Open cases past their last day, of e-services whose deadline says that they must then be decided.",
    ["municipality", "queue"],
)
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
    with sessions() as session:
        found = open_cases(session, local_date(now))
        expired = _expired(session, local_date(now))
    standing = by_queue(found)
    every = {(each.municipality, queue) for each in organisations for queue in each.queues}
    for labels in every | standing.keys() | _shown_before():
        _measure_queue(labels, standing.get(labels, ()), now)
        MUST_BE_DECIDED.labels(*labels).set(expired.get(labels, 0))
    for organisation in organisations:
        _measure_municipality(organisation, found)


def _expired(session: Session, today: date) -> dict[tuple[str, str], int]:
    queue = (Case.municipality, Case.queue)
    counted = select(*queue, func.count()).where(expired(today)).group_by(*queue)
    return {(municipality, code): count for municipality, code, count in session.execute(counted)}


def _measure_queue(labels: tuple[str, str], found: Sequence[OpenCases], now: datetime) -> None:
    waiting = [each for each in found if each.state == State.QUEUED]
    DEPTH.labels(*labels).set(_count(waiting))
    OLDEST.labels(*labels).set((now - (oldest(waiting) or now)).total_seconds())
    OVERDUE.labels(*labels).set(sum(each.overdue for each in found))


def _measure_municipality(organisation: Organisation, found: Iterable[OpenCases]) -> None:
    its_own = [each for each in found if each.municipality == organisation.municipality]
    unmatched = [each for each in its_own if each.queue == organisation.registrar_queue and each.state == State.QUEUED]
    unseen = [each for each in its_own if each.protected and not organisation.protected_officers]
    UNMATCHED.labels(organisation.municipality).set(_count(unmatched))
    UNSEEN.labels(organisation.municipality).set(sum(each.cases for each in unseen))


def _count(found: Iterable[OpenCases]) -> int:
    """How many there are that are not on hold."""
    return sum(each.cases - each.on_hold for each in found)


def _shown_before() -> set[tuple[str, str]]:
    """The queues that are measured since earlier: one that is gone and emptied must not stand at its last figure."""
    samples = (sample for metric in DEPTH.collect() for sample in metric.samples)
    return {(sample.labels["municipality"], sample.labels["queue"]) for sample in samples}
