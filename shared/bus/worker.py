"""A service's worker: its loops, each on a thread, started again when they fail, until the process is stopped."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol, TypeVar

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import func, select

from shared.bus import failed_events, topology
from shared.bus.consumer import EventConsumer
from shared.bus.event_processor import EventProcessor, Handlers, Tables
from shared.bus.relay import Relay
from shared.bus.topology import Subscription
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring
from shared.observability import logs, metrics

RESTART_WAITS = (0.2, 0.5, 1, 2, 5)
CALM_SECONDS = 30

log = structlog.get_logger()

RESTARTS = Counter("worker_loop_restarts", "Loops that failed and were started again.", ["loop"])
UNPUBLISHED = Gauge("bus_outbox_unpublished", "Events recorded and not yet published.", ["service"])
OLDEST_UNPUBLISHED = Gauge("bus_outbox_oldest_seconds", "Age of the oldest event not yet published.", ["service"])
FAILED_NOW = Gauge(
    "bus_failed_events",
    "Events waiting for another attempt, waiting for a newer version of the service, and parked.",
    ["service", "state"],
)
QUEUED = Gauge("bus_queue_messages", "Messages waiting in a queue of the broker.", ["queue"])


class Loop(Protocol):
    """Something that runs until it is stopped, or raises, to be run again."""

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set."""


@dataclass(frozen=True)
class Every:
    """A loop that does one thing at intervals."""

    name: str
    seconds: float
    action: Callable[[], object]

    def run(self, stop: threading.Event) -> None:
        """Do it, wait, and so on."""
        while not stop.is_set():
            self.action()
            stop.wait(self.seconds)


def bus_loops(
    *,
    database: Database,
    broker_url: str,
    keyring: Keyring,
    subscription: Subscription,
    tables: Tables,
    handlers: Handlers,
    clock: Clock = utc_now,
    handling_queues: tuple[str, ...] = (),
) -> list[Loop]:
    """What every service's worker runs: relay, consumer, retries of failed events, and the gauges of them."""
    service = subscription.service
    processor = EventProcessor(service, database.sessions, tables, handlers, clock)
    return [
        Relay(service, database, broker_url, keyring, tables.outbox, clock),
        EventConsumer(processor, broker_url, keyring, subscription, handling_queues),
        failed_events.Retries(processor, keyring),
        Every(f"{service}-bus-gauges", 10.0, lambda: _measure(processor, broker_url, subscription, handling_queues)),
    ]


def start(loops: Sequence[Loop], stop: threading.Event) -> list[threading.Thread]:
    """Run each loop on a separate thread; join them after setting `stop`."""
    threads = [threading.Thread(target=_supervise, args=(loop, stop), name=loop.name) for loop in loops]
    for thread in threads:
        thread.start()
    return threads


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
    """Run a service's loops as a process of their own: until SIGTERM or SIGINT, with metrics and health on a port."""
    logs.configure(f"{service}-worker")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running, database = loops(settings), connect(settings.database_url)
    metrics.serve(
        settings.metrics_host,
        settings.metrics_port,
        {"database": database.check, "broker": lambda: topology.check(settings.broker_url)},
    )
    threads = start(running, stop)
    log.info("worker_started", loops=[loop.name for loop in running])
    stop.wait()
    for thread in threads:
        thread.join(timeout=20)
    log.info("worker_stopped")


def _supervise(loop: Loop, stop: threading.Event) -> None:
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        try:
            loop.run(stop)
        except Exception as error:  # a loop that ends is always started again
            if time.monotonic() - began > CALM_SECONDS:
                failures = 0
            RESTARTS.labels(loop.name).inc()
            log.error("loop_failed", loop=loop.name, exc_info=error)
            stop.wait(RESTART_WAITS[min(failures, len(RESTART_WAITS) - 1)])
            failures += 1


def _measure(
    processor: EventProcessor, broker_url: str, subscription: Subscription, handling_queues: Sequence[str]
) -> None:
    _measure_store(processor)
    own = (subscription.queue, subscription.dead_letter_queue, topology.UNROUTED)
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
