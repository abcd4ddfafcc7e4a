"""The consumer: takes events in batches, handles each batch in one transaction, and acknowledges after its commit.

A batch that fails is handled one event at a time, so that one bad event delays no other: it is stored as a failed event
(shared/bus/failed_events.py) and acknowledged. When the store is away, nothing is acknowledged and the same batch is
tried again: the broker counts each return of an event towards its delivery limit. What is away for long costs one
return: the broker waits no longer for an acknowledgement than half an hour.

What the broker gives again, or has given up, is stored as well, to be tried alone.

Events that have waited for long are late: the broker has put them in another queue (docs/decisions/0018). They are
handled as the others are, a batch of them after each batch of those that are not late.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog
from kombu import Connection, Consumer, Message, Queue

from shared.bus import failed_events
from shared.bus.event_processor import EventProcessor
from shared.bus.memory_transport import EXPIRED
from shared.bus.topology import Subscription, connect, declare, declare_handling, is_amqp
from shared.database import is_outage
from shared.events.encryption import Keyring
from shared.events.envelope import Event, UnreadableEvent

BATCH = 100
PREFETCH = 5 * BATCH
PREFETCH_LATE = 2 * BATCH  # one to handle and one to come: what is not late shares the connection
LINGER = 0.002
PAUSE = 0.001  # between events that are handled alone
LONGEST_WAIT = 1.0  # seconds, after which it looks whether it is to stop
STORE_WAITS = (0.1, 0.5, 2, 5)
HOLD_SECONDS = 600.0
FINISH_SECONDS = 5.0  # of the worker's grace


class StoreAway(Exception):
    """The store has been away for so long that the broker gets back what was taken."""


log = structlog.get_logger()


@dataclass
class EventConsumer:
    """One service's consumer. Several may run at once, in one process or many."""

    processor: EventProcessor
    broker_url: str
    keyring: Keyring
    subscription: Subscription
    handling_queues: Callable[[], Sequence[str]] = tuple
    _events: list[Message] = field(default_factory=list, init=False)
    _late: list[Message] = field(default_factory=list, init=False)
    _kept: Sequence[Message] = field(default=(), init=False)

    @property
    def name(self) -> str:
        """What the loop is called in logs."""
        return f"{self.subscription.service}-consumer"

    def run(self, stop: threading.Event) -> None:
        """Consume until stopped. Raises when the broker is lost, or the store for long; the worker starts it again."""
        self._finish_kept(stop)
        self._events.clear()
        self._late.clear()
        with connect(self.broker_url) as connection:
            declare(connection, self.subscription)
            declare_handling(connection, self.handling_queues())
            with (
                _consumer(connection, self.subscription.queue, self._events, PREFETCH),
                _consumer(connection, self.subscription.dead_letter_queue, self._late, PREFETCH_LATE),
            ):
                while not stop.is_set():
                    self._collect(connection)
                    for batch in self._next_batches():
                        if not self._handle_batch(batch, connection, stop):
                            return
            self._finish_taken(connection)

    def _next_batches(self) -> Iterator[Sequence[Message]]:
        """A batch of what is fresh, then one of what is late."""
        for messages in (self._events, self._late):
            if batch := messages[:BATCH]:
                del messages[:BATCH]
                yield batch

    def _finish_taken(self, connection: Connection) -> None:
        """Handle what was taken before the stop while there is time: what is given back comes again, to go alone."""
        until = time.monotonic() + FINISH_SECONDS
        while batches := list(self._next_batches()):
            for batch in batches:
                if time.monotonic() > until or not self._is_stored(batch):
                    return
                _acknowledge(batch, multiple=is_amqp(connection))

    def _finish_kept(self, stop: threading.Event) -> None:
        """Handle what was taken when the store went away, before anything is taken again: so it is known to be back."""
        while self._kept and not stop.is_set():
            if self._is_each_stored(self._kept, stop):
                self._kept = ()
            else:
                stop.wait(STORE_WAITS[-1])

    def _collect(self, connection: Connection) -> None:
        """Wait for a first message unless there is one, then take those that are there already."""
        if connection.supports_heartbeats:
            connection.heartbeat_check()
        try:
            if not (self._events or self._late):
                connection.drain_events(timeout=LONGEST_WAIT)
            linger = LINGER if is_amqp(connection) else 0
            while len(self._events) < BATCH:
                connection.drain_events(timeout=linger)
        except TimeoutError:
            return

    def _handle_batch(self, batch: Sequence[Message], connection: Connection, stop: threading.Event) -> bool:
        """Handle the batch, as often as the store needs to accept it, then acknowledge; False when stopped before."""
        give_back_at, tries = time.monotonic() + HOLD_SECONDS, 0
        while not (
            self._is_each_stored(batch, stop, connection) if tries >= len(STORE_WAITS) else self._is_stored(batch)
        ):
            if stop.is_set():
                return False
            if time.monotonic() > give_back_at and is_amqp(connection):  # the bus in memory gives nothing again
                self._kept = batch
                raise StoreAway
            _pause(connection, STORE_WAITS[min(tries, len(STORE_WAITS) - 1)])
            tries += 1
        _acknowledge(batch, multiple=is_amqp(connection))
        return True

    def _is_each_stored(
        self, batch: Sequence[Message], stop: threading.Event, connection: Connection | None = None
    ) -> bool:
        """The same, one message at a time: each may wait for a lock, for all of which nobody is to wait."""
        for message in batch:
            if stop.is_set() or not self._is_stored([message], alone=True):
                return False
            if connection:
                _pause(connection, PAUSE)
        return True

    def _is_stored(self, batch: Sequence[Message], *, alone: bool = False) -> bool:
        """Whether every message was handled or is a failed event; False when the store is away."""
        try:
            self._handle(batch, alone)
        except Exception as error:  # an event's own error makes it a failed event: this is the store's
            log.error("store_unavailable", service=self.subscription.service, exc_info=error)
            return False
        return True

    def _handle(self, messages: Sequence[Message], alone: bool) -> None:
        """Handle the events, and store those that fail. Raises the store's own error when it is away."""
        again = [message for message in messages if _comes_again(message)]
        new = [message for message in messages if not _comes_again(message)]
        if again:
            failed_events.set_aside(self.processor, [_body(message) for message in again])
        if new and (alone or not self._is_handled(new)):
            for message in new:
                self._handle_alone(message, keeps_outages=alone)

    def _is_handled(self, messages: Sequence[Message]) -> bool:
        """Whether all the events could be handled together. Raises when the store is away."""
        try:
            self.processor.handle([self._read(message) for message in messages])
        except Exception as error:
            if is_outage(error):
                raise
            return False
        return True

    def _handle_alone(self, message: Message, *, keeps_outages: bool) -> None:
        """Handle the event or store it; an outage's too, when it has gone on: perhaps it is this event's alone."""
        try:
            self.processor.handle([self._read(message)])
        except Exception as error:
            if is_outage(error) and not keeps_outages:
                raise
            failed_events.keep(self.processor, _body(message), error)

    def _read(self, message: Message) -> Event:
        if message.errors:
            raise UnreadableEvent("its headers name an encoding that it does not have")
        return Event.decode(message.body, self.keyring)


def _comes_again(message: Message) -> bool:
    """Whether the broker gives the event again, or has given it up. One that was only late comes for the first time."""
    gave_up_for = message.headers.get("x-first-death-reason", EXPIRED)
    return bool(message.delivery_info.get("redelivered")) or gave_up_for != EXPIRED


def _consumer(connection: Connection, queue: str, messages: list[Message], prefetch: int) -> Consumer:
    return Consumer(
        connection.channel(),
        queues=[Queue(queue, no_declare=True)],
        on_message=messages.append,
        on_decode_error=lambda message, _: messages.append(message),
        prefetch_count=prefetch,
        auto_declare=False,
    )


def _acknowledge(messages: Sequence[Message], *, multiple: bool) -> None:
    if multiple:
        messages[-1].ack(multiple=True)
        return
    for message in messages:
        message.ack()


def _body(message: Message) -> bytes:
    return message.body if isinstance(message.body, bytes) else str(message.body).encode(errors="surrogatepass")


def _pause(connection: Connection, seconds: float) -> None:
    """Wait with the connection kept alive; what is delivered meanwhile is bounded by the prefetch."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            connection.drain_events(timeout=left)
        except TimeoutError:
            break
    if connection.supports_heartbeats:
        connection.heartbeat_check()
