"""The consumer: takes events in batches, acts on each batch in one transaction, and acknowledges after its commit.

A batch that fails is handled one event at a time, so that one bad event holds up no other: it is held
(shared/bus/held.py) and acknowledged. When the store itself is away, nothing is acknowledged and the same batch
is tried again until it is back.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from kombu import Connection, Consumer, Message, Queue
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.bus import held
from shared.bus.handling import Listening
from shared.bus.topology import Subscription, connect, declare, declare_handling, is_amqp
from shared.events.envelope import Event
from shared.events.sealing import Keyring

BATCH = 100
PREFETCH = 5 * BATCH
LINGER = 0.002
STORE_WAITS = (0.1, 0.5, 2, 5)

log = structlog.get_logger()


@dataclass
class EventConsumer:
    """One service's consumer. Several may run at once, in one process or many."""

    listening: Listening
    broker_url: str
    keyring: Keyring
    subscription: Subscription
    handling_queues: tuple[str, ...] = ()
    _waiting: list[Message] = field(default_factory=list, init=False)

    @property
    def name(self) -> str:
        """What the loop is called in logs."""
        return f"{self.subscription.service}-consumer"

    def run(self, stop: threading.Event) -> None:
        """Consume until stopped. Raises when the broker is lost; whoever runs it starts it again."""
        self._waiting.clear()
        with connect(self.broker_url) as connection:
            declare(connection, self.subscription)
            declare_handling(connection, self.handling_queues)
            events, dead = connection.channel(), connection.channel()
            with (
                _consumer(events, self.subscription.queue, self._waiting.append),
                _consumer(dead, self.subscription.dead_queue, self._park),
            ):
                while not stop.is_set():
                    self._collect(connection)
                    if self._waiting:
                        self._handle_waiting(connection, stop)

    def _collect(self, connection: Connection) -> None:
        """Wait for a first message, then take those that are there already."""
        if connection.supports_heartbeats:
            connection.heartbeat_check()
        try:
            connection.drain_events(timeout=1.0)
            while len(self._waiting) < BATCH:
                connection.drain_events(timeout=LINGER)
        except TimeoutError:
            return

    def _handle_waiting(self, connection: Connection, stop: threading.Event) -> None:
        messages, self._waiting[:] = self._waiting[:BATCH], self._waiting[BATCH:]
        tries = 0
        while not self._handled(messages):
            if stop.is_set():
                return
            wait = STORE_WAITS[min(tries, len(STORE_WAITS) - 1)]
            log.error("store_unavailable", service=self.subscription.service, wait_seconds=wait)
            _pause(connection, wait)
            tries += 1
        _acknowledge(messages, multiple=is_amqp(connection))

    def _handled(self, messages: Sequence[Message]) -> bool:
        """Whether every message is handled or held; False when the store does not answer."""
        try:
            self._handle(messages)
        except Exception as fault:
            if store_is_away(fault):
                return False
            raise
        return True

    def _handle(self, messages: Sequence[Message]) -> None:
        try:
            self.listening.handle([Event.decode(message.body, self.keyring) for message in messages])
        except Exception as fault:
            if store_is_away(fault):
                raise
            for message in messages:
                self._handle_alone(message)

    def _handle_alone(self, message: Message) -> None:
        try:
            self.listening.handle([Event.decode(message.body, self.keyring)])
        except Exception as fault:
            if store_is_away(fault):
                raise
            self._hold(message, fault)

    def _hold(self, message: Message, fault: Exception) -> None:
        with self.listening.sessions.begin() as session:
            held.hold(session, self.listening, _body(message), fault)

    def _park(self, message: Message) -> None:
        reason = "the service's process died each time that it took the event"
        with self.listening.sessions.begin() as session:
            held.park(session, self.listening, _body(message), reason)
        message.ack()


def store_is_away(fault: Exception) -> bool:
    """Whether the fault is that the store cannot be reached, rather than that it refused something."""
    if isinstance(fault, PoolTimeout):
        return True
    lost = isinstance(fault, DBAPIError) and fault.connection_invalidated
    return lost or (isinstance(fault, OperationalError) and not getattr(fault.orig, "sqlstate", None))


def _consumer(channel: object, queue: str, on_message: Callable[[Message], None]) -> Consumer:
    queues = [Queue(queue, no_declare=True)]
    return Consumer(channel, queues=queues, on_message=on_message, prefetch_count=PREFETCH, auto_declare=False)


def _acknowledge(messages: Sequence[Message], *, multiple: bool) -> None:
    if multiple:
        messages[-1].ack(multiple=True)
        return
    for message in messages:
        message.ack()


def _body(message: Message) -> bytes:
    return message.body if isinstance(message.body, bytes) else str(message.body).encode()


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
