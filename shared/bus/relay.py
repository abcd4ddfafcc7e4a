"""The relay: takes unpublished events from the outbox, publishes them in batches, and marks those that are confirmed.

Those that are not (a subscriber's queue is full, say) wait in the outbox and are published again later: they neither
hold up the events behind them nor cause any other to be repeated.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Connection, Row

from shared.bus import outbox
from shared.bus.notifier import commit_waiter
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.tables import OutboxColumns
from shared.clock import Clock
from shared.database import Database
from shared.events.catalogue import WRITTEN
from shared.events.encryption import Keyring
from shared.events.envelope import encrypted

BATCH = 500
LONGEST_SLEEP = 1.0
UNABLE_SECONDS = 60.0
NOTED_SECONDS = 10.0  # between two notes, while nothing is to be published, that it could be
RETRY_WAITS = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 15, 60))

# Of those that were not confirmed: a queue that stays full costs no more than this many messages in vain each time.
RETRIED_AT_ONCE = 50

log = structlog.get_logger()

PUBLISHED = Counter("bus_events_published", "Events that the broker has confirmed.", ["service"])
UNCONFIRMED = Counter(
    "bus_events_unconfirmed", "Events that the broker did not confirm; they are published again later.", ["service"]
)
COULD_PUBLISH = Gauge(
    "bus_could_publish_timestamp_seconds", "When the service last could publish events, if it had any.", ["service"]
)
PUBLISH_LAG = Histogram(
    "bus_publish_lag_seconds",
    "From an event's time to its confirmation by the broker.",
    ["service"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300, 3600),
)


class CannotPublish(Exception):
    """For too long, the broker has not been reached or has taken no messages."""


@dataclass
class LastPublishing:
    """When the service last could publish, had there been anything to publish. `at` is monotonic."""

    at: float = field(default_factory=time.monotonic)

    def note(self, service: str) -> None:
        """It could, now."""
        self.at = time.monotonic()
        COULD_PUBLISH.labels(service).set_to_current_time()


@dataclass(frozen=True)
class Relay:
    """One service's relay. Several may run at once: each row is locked by one of them."""

    service: str
    database: Database
    broker_url: str
    keyring: Keyring
    table: type[OutboxColumns]
    clock: Clock
    _last: LastPublishing = field(default_factory=LastPublishing, init=False)

    @property
    def name(self) -> str:
        """What the loop is called in logs."""
        return f"{self.service}-relay"

    def run(self, stop: threading.Event) -> None:
        """Publish until stopped. Raises when broker or store fails; the worker starts it again."""
        with Publisher(self.broker_url) as publisher, commit_waiter(self.database.engine, "outbox") as sleep:
            while not stop.is_set():
                if not self.publish_batch(publisher):
                    publisher.stay_alive()
                    sleep(LONGEST_SLEEP)

    def check(self) -> None:
        """Raise CannotPublish when nothing could be published for too long."""
        if time.monotonic() - self._last.at > UNABLE_SECONDS:
            raise CannotPublish

    def publish_batch(self, publisher: Publisher) -> bool:
        """Publish the oldest rows, and mark those that the broker has confirmed; whether more may be waiting."""
        if publisher.blocked:
            return False
        with self.database.engine.begin() as connection:
            now = self.clock()
            rows = outbox.unpublished(connection, self.table, BATCH, now=now, limit_again=RETRIED_AT_ONCE)
            sent_at = self.clock()  # a subscriber may have handled an event before its confirmation is here
            messages = [self._outgoing(row) for row in rows]
            confirmed = publisher.publish(messages) if messages else set()
            published = [row for row in rows if str(row.event_id) in confirmed]
            if published:
                kept = self._kept(published)
                outbox.mark(connection, self.table, [row.id for row in published], at=sent_at, kept=kept)
            if unconfirmed := [row for row in rows if str(row.event_id) not in confirmed]:
                self._postpone(connection, unconfirmed)
            could = bool(published) if rows else self._is_all_published(connection)
        if could:
            self._last.note(self.service)
        self._count(published)
        self._report(unconfirmed)
        return sum(not row.postponements for row in rows) == BATCH or any(row.postponements for row in published)

    def _is_all_published(self, connection: Connection) -> bool:
        """Whether it is time to look, and no row waits to be tried again."""
        is_due = time.monotonic() - self._last.at > NOTED_SECONDS
        return is_due and not outbox.has_postponed(connection, self.table)

    def _outgoing(self, row: Row[Any]) -> Outgoing:
        body = row.body.encode()
        if row.secret:
            body = encrypted(body, self.keyring)
        return Outgoing(row.exchange, row.routing_key, str(row.event_id), body)

    def _kept(self, published: Sequence[Row[Any]]) -> dict[int, str]:
        """The bodies that are to be encrypted from now on: of what is secret, or what people have written."""
        kept: dict[int, str] = {}
        for row in published:
            if row.secret or row.routing_key.rpartition(".")[0] in WRITTEN:
                with suppress(ValueError):  # no event: nobody has written it, and it must not hold up the others
                    body = encrypted(row.body.encode(), self.keyring).decode()
                    if body != row.body:
                        kept[row.id] = body
        return kept

    def _postpone(self, connection: Connection, unconfirmed: Sequence[Row[Any]]) -> None:
        """Leave rows alone for a while, longer each time."""
        now, longest = self.clock(), len(RETRY_WAITS) - 1
        until = {row.id: now + RETRY_WAITS[min(row.postponements, longest)] for row in unconfirmed}
        outbox.postpone(connection, self.table, until)

    def _report(self, unconfirmed: Sequence[Row[Any]]) -> None:
        if unconfirmed:
            UNCONFIRMED.labels(self.service).inc(len(unconfirmed))
            keys = sorted({row.routing_key for row in unconfirmed})
            log.warning("events_unconfirmed", service=self.service, events=len(unconfirmed), routing_keys=keys[:10])

    def _count(self, published: Sequence[Row[Any]]) -> None:
        PUBLISHED.labels(self.service).inc(len(published))
        now, lag = self.clock(), PUBLISH_LAG.labels(self.service)
        for row in published:
            lag.observe(max(0.0, (now - row.recorded_at).total_seconds()))
