"""A service's worker: the loops that every service runs, in a process of their own until it is stopped."""

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Protocol, TypeVar

import structlog
from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from shared.bus import failed_events, reconciliation, retention, topology
from shared.bus.consumer import EventConsumer
from shared.bus.event_processor import EventProcessor, Handlers, Tables
from shared.bus.reconciliation import Reconciler
from shared.bus.relay import Relay
from shared.bus.retention import Retained
from shared.bus.supervisor import Every, Loop, Supervisor, end_process
from shared.bus.tables import ReconciliationColumns
from shared.bus.topology import SUBSCRIPTIONS, Subscription
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring
from shared.garbage import look_seldom_for_garbage
from shared.observability import logs, metrics
from shared.settings import BadSetting, EventTimes

# Shorter than what compose and Kubernetes wait before they kill.
GRACE_SECONDS = 20.0

log = structlog.get_logger()

UNPUBLISHED = Gauge("bus_outbox_unpublished", "Events recorded and not yet published.", ["service"])
OLDEST_UNPUBLISHED = Gauge("bus_outbox_oldest_seconds", "Age of the oldest event not yet published.", ["service"])
FAILED_NOW = Gauge(
    "bus_failed_events",
    "Events waiting for another attempt, waiting for a newer version of the service, and parked.",
    ["service", "state"],
)
QUEUED = Gauge("bus_queue_messages", "Messages waiting in a queue of the broker.", ["queue"])


def bus_loops(
    *,
    database: Database,
    broker_url: str,
    keyring: Keyring,
    subscription: Subscription,
    tables: Tables,
    progress: type[ReconciliationColumns],
    handlers: Handlers,
    times: EventTimes,
    clock: Clock = utc_now,
    handling_queues: Callable[[], Sequence[str]] = tuple,
    retained: Sequence[Retained] = (),
) -> list[Loop]:
    """What every service's worker runs: relay, consumer, retries of failed events, reconciliation, retention, gauges.

    `handling_queues` gives the routing keys of the queues that other systems work. `retained` are the service's own
    tables whose rows end, beside those of the bus.
    """
    service = subscription.service
    processor = EventProcessor(service, database.sessions, tables, handlers, clock)
    others = tuple(each for each in SUBSCRIPTIONS if each != subscription)
    reconciler = Reconciler(processor, progress, broker_url, subscription, times, others)
    ending = [*retention.of_events(tables, times), *retained]
    measure = partial(_measure, processor, broker_url, subscription, handling_queues)
    return [
        Relay(service, database, broker_url, keyring, tables.outbox, clock),
        EventConsumer(processor, broker_url, keyring, subscription, handling_queues),
        failed_events.Retries(processor, keyring),
        Every(f"{service}-reconciliation", reconciliation.TURN_SECONDS, reconciler.turn),
        Every(f"{service}-retention", retention.TURN_SECONDS, lambda: retention.expire(ending, processor)),
        Every(f"{service}-bus-gauges", metrics.MEASURE_SECONDS, measure),
    ]


class WorkerSettings(Protocol):
    """What every worker needs to know of where it runs."""

    @property
    def database_url(self) -> str:
        """The service's own store."""

    @property
    def broker_url(self) -> str:
        """The message broker."""

    @property
    def metrics_host(self) -> str:
        """The address that its metrics and health are served at."""

    @property
    def metrics_port(self) -> int:
        """Where its metrics and health are served."""


Settings = TypeVar("Settings", bound=WorkerSettings)


def run_worker(service: str, settings: Settings, loops: Callable[[Settings], Sequence[Loop]]) -> None:
    """Run a service's loops as a process of their own: until SIGTERM or SIGINT, with metrics and health on a port.

    BadSetting when the port cannot be had; status 1 and a line in the log when its store does not answer at the start.
    """
    logs.configure(f"{service}-worker")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    supervisor = Supervisor(stop)
    try:
        running, database = loops(settings), connect(settings.database_url)
    except SQLAlchemyError as error:
        log.critical("worker_not_started", exc_info=error)
        sys.exit(1)
    checks = {
        "database": database.check,
        "broker": lambda: topology.check(settings.broker_url),
        "loops": supervisor.check,
    }
    try:
        metrics.serve(settings.metrics_host, settings.metrics_port, checks)
    except OSError as error:
        raise BadSetting(
            f"{service.upper()}_METRICS_PORT is wrong ({error.strerror}): set it to a free port of ARENDE_METRICS_HOST"
        ) from error
    look_seldom_for_garbage()
    supervisor.start(running)
    log.info("worker_started", loops=[loop.name for loop in running])
    stop.wait()
    if unfinished := supervisor.join(GRACE_SECONDS):
        end_process("worker_stopped_by_force", loops=unfinished)
    log.info("worker_stopped")


def _measure(
    processor: EventProcessor, broker_url: str, subscription: Subscription, published: Callable[[], Sequence[str]]
) -> None:
    _measure_store(processor)
    handling_queues = published()
    own = [subscription.queue, subscription.dead_letter_queue, topology.UNROUTED]
    if subscription == topology.ROUTING:
        own.append(topology.commands_queue(subscription.service))
    with topology.connect(broker_url) as connection:
        topology.declare(connection, subscription)
        topology.declare_handling(connection, handling_queues)
        for queue in (*own, *map(topology.handling_queue, handling_queues)):
            QUEUED.labels(queue).set(topology.depth(connection, queue))


def _measure_store(processor: EventProcessor) -> None:
    service, outbox = processor.service, processor.tables.outbox
    with processor.sessions() as session:
        count, oldest = session.execute(
            select(func.count(), func.min(outbox.recorded_at)).where(outbox.published_at.is_(None))
        ).one()
        failed = failed_events.count(session, processor.tables.failed_events)
    UNPUBLISHED.labels(service).set(count)
    OLDEST_UNPUBLISHED.labels(service).set((processor.clock() - oldest).total_seconds() if oldest else 0)
    for state, number in asdict(failed).items():
        FAILED_NOW.labels(service, state).set(number)
