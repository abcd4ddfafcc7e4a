"""The relay: takes unpublished events from the outbox, publishes them in batches, and marks them once confirmed."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy import Row, update

from shared.bus import outbox
from shared.bus.notifier import commit_waiter
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.tables import OutboxColumns
from shared.clock import Clock
from shared.database import Database
from shared.events.encryption import Keyring
from shared.events.envelope import Event

BATCH = 500
LONGEST_SLEEP = 1.0

log = structlog.get_logger()

PUBLISHED = Counter("bus_events_published", "Events that the broker has confirmed.", ["service"])
PUBLISH_LAG = Histogram(
    "bus_publish_lag_seconds",
    "From an event's time to its confirmation by the broker.",
    ["service"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300, 3600),
)


@dataclass(frozen=True)
class Relay:
    """One service's relay. Several may run at once: each row is locked by one of them."""

    service: str
    database: Database
    broker_url: str
    keyring: Keyring
    table: type[OutboxColumns]
    clock: Clock

    @property
    def name(self) -> str:
        """What the loop is called in logs."""
        return f"{self.service}-relay"

    def run(self, stop: threading.Event) -> None:
        """Publish until stopped. Raises when broker or store fails; the worker starts it again."""
        with Publisher(self.broker_url) as publisher, commit_waiter(self.database.engine, "outbox") as sleep:
            while not stop.is_set():
                if self.publish_batch(publisher) < BATCH:
                    publisher.stay_alive()
                    sleep(LONGEST_SLEEP)

    def publish_batch(self, publisher: Publisher) -> int:
        """Publish the oldest rows; how many. They are marked only once the broker has confirmed them all."""
        with self.database.sessions.begin() as session:
            rows = outbox.unpublished(session, self.table, BATCH)
            if not rows:
                return 0
            sent_at = self.clock()  # a subscriber may have handled an event before its confirmation is here
            publisher.publish([self._outgoing(row) for row in rows])
            mark = update(self.table).where(self.table.id.in_([row.id for row in rows]))
            confirmed = mark.values(published_at=sent_at)
            session.execute(confirmed, execution_options={"synchronize_session": False})
        self._count(rows)
        return len(rows)

    def _outgoing(self, row: Row[Any]) -> Outgoing:
        body = row.body.encode()
        if row.secret:
            body = Event.decode(body).encode(self.keyring)
        return Outgoing(row.exchange, row.routing_key, str(row.event_id), body)

    def _count(self, rows: Sequence[Row[Any]]) -> None:
        PUBLISHED.labels(self.service).inc(len(rows))
        now, lag = self.clock(), PUBLISH_LAG.labels(self.service)
        for row in rows:
            lag.observe(max(0.0, (now - row.recorded_at).total_seconds()))
