"""The consumer: takes events in batches, handles each batch in one transaction, and acknowledges after its commit.

A batch that fails is handled one event at a time, so that one bad event delays no other: it is stored as a failed event
(shared/bus/failed_events.py) and acknowledged. When the store cannot take even that, nothing is acknowledged and the
same batch is tried again until it can: the broker counts each return of an event towards its delivery limit.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from kombu import Connection, Consumer, Message, Queue

from shared.bus import failed_events
from shared.bus.event_processor import EventProcessor
from shared.bus.topology import Subscription, connect, declare, declare_handling, is_amqp
from shared.events.encryption import Keyring
from shared.events.envelope import Event, UnreadableEvent

BATCH = 100
PREFETCH = 5 * BATCH
LINGER = 0.002
LONGEST_WAIT = 1.0  # seconds, after which it looks whether it is to stop
STORE_WAITS = (0.1, 0.5, 2, 5)

BatchHandler = Callable[[Sequence[Message]], None]

log = structlog.get_logger()


@dataclass
class EventConsumer:
    """One service's consumer. Several may run at once, in one process or many."""

    processor: EventProcessor
    broker_url: str
    keyring: Keyring
    subscription: Subscription
    handling_queues: tuple[str, ...] = ()
    _events: list[Message] = field(default_factory=list, init=False)
    _dead_letters: list[Message] = field(default_factory=list, init=False)

    @property
    def name(self) -> str:
        """What the loop is called in logs."""
        return f"{self.subscription.service}-consumer"

    def run(self, stop: threading.Event) -> None:
        """Consume until stopped. Raises when the broker is lost; the worker starts it again."""
        self._events.clear()
        self._dead_letters.clear()
        with connect(self.broker_url) as connection:
            declare(connection, self.subscription)
            declare_handling(connection, self.handling_queues)
            with (
                _consumer(connection, self.subscription.queue, self._events),
                _consumer(connection, self.subscription.dead_letter_queue, self._dead_letters),
            ):
                while not stop.is_set():
                    self._collect(connection)
                    for messages, handle in ((self._events, self._handle), (self._dead_letters, self._park)):
                        if messages:
                            self._handle_next_batch(messages, handle, connection, stop)

    def _collect(self, connection: Connection) -> None:
        """Wait for a first message unless there is one, then take those that are there already."""
        if connection.supports_heartbeats:
            connection.heartbeat_check()
        try:
            if not (self._events or self._dead_letters):
                connection.drain_events(timeout=LONGEST_WAIT)
            while len(self._events) < BATCH:
                connection.drain_events(timeout=LINGER)
        except TimeoutError:
            return

    def _handle_next_batch(
        self, messages: list[Message], handle: BatchHandler, connection: Connection, stop: threading.Event
    ) -> None:
        """Take a batch off the messages and handle it, as often as the store needs to accept it, then acknowledge."""
        batch, messages[:] = messages[:BATCH], messages[BATCH:]
        tries = 0
        while not self._is_stored(handle, batch):
            if stop.is_set():
                return
            _pause(connection, STORE_WAITS[min(tries, len(STORE_WAITS) - 1)])
            tries += 1
        _acknowledge(batch, multiple=is_amqp(connection))

    def _is_stored(self, handle: BatchHandler, batch: Sequence[Message]) -> bool:
        """Whether every message was handled or is a failed event; False when the store accepts nothing."""
        try:
            handle(batch)
        except Exception as error:  # an event's own error makes it a failed event: this is the store's
            log.error("store_unavailable", service=self.subscription.service, exc_info=error)
            return False
        return True

    def _handle(self, messages: Sequence[Message]) -> None:
        """Handle the events, and store those that fail. Raises the store's own error when it cannot store one."""
        try:
            self.processor.handle([self._read(message) for message in messages])
        except Exception:
            for message in messages:
                self._handle_alone(message)

    def _handle_alone(self, message: Message) -> None:
        try:
            self.processor.handle([self._read(message)])
        except Exception as error:
            failed_events.keep(self.processor, _body(message), error)

    def _read(self, message: Message) -> Event:
        if message.errors:
            raise UnreadableEvent("its headers name an encoding that it does not have")
        return Event.decode(message.body, self.keyring)

    def _park(self, messages: Sequence[Message]) -> None:
        for message in messages:
            failed_events.park(
                self.processor, _body(message), "the service's process ended each time that it took the event"
            )


def _consumer(connection: Connection, queue: str, messages: list[Message]) -> Consumer:
    return Consumer(
        connection.channel(),
        queues=[Queue(queue, no_declare=True)],
        on_message=messages.append,
        on_decode_error=lambda message, _: messages.append(message),
        prefetch_count=PREFETCH,
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
