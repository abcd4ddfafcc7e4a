"""Commands of other systems over the bus, and the replies to them.

Who sends a command stands in its `user_id`, which the broker lets nobody set but that user (RabbitMQ, *Validated
User-ID*); the reply goes to that system's own queue and to no other. A command is acknowledged once its reply is sent:
after a crash it comes again, and whoever handles it knows by its id that it was handled.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from kombu import Connection, Consumer, Message, Producer, Queue

from shared.bus.topology import REPLIES_EXCHANGE, commands_queue, connect, declare

PREFETCH = 20
LONGEST_WAIT = 1.0  # seconds, after which it looks whether it is to stop
LONGEST = 200_000  # bytes of a command

log = structlog.get_logger()


@dataclass(frozen=True)
class ReceivedCommand:
    """A command as it came: the broker's user who sent it, its id, and its content as JSON. None: it has no such."""

    user: str | None
    id: str | None
    body: bytes


Handle = Callable[[ReceivedCommand], bytes]


@dataclass(frozen=True)
class CommandConsumer:
    """One service's consumer of commands. `handle` gives the reply, and raises only what passes: the store is away."""

    service: str
    broker_url: str
    handle: Handle

    @property
    def name(self) -> str:
        """What the loop is called in logs."""
        return f"{self.service}-commands"

    def run(self, stop: threading.Event) -> None:
        """Take commands until stopped. What is not answered by then, or when something is raised, comes again."""
        with connect(self.broker_url) as connection:
            declare(connection)
            queue = Queue(commands_queue(self.service), no_declare=True)
            consumer = Consumer(
                connection.channel(),
                queues=[queue],
                on_message=lambda message: self._answer(connection, message),
                prefetch_count=PREFETCH,
                auto_declare=False,
            )
            with consumer:
                while not stop.is_set():
                    if connection.supports_heartbeats:
                        connection.heartbeat_check()
                    try:
                        connection.drain_events(timeout=LONGEST_WAIT)
                    except TimeoutError:
                        continue

    def _answer(self, connection: Connection, message: Message) -> None:
        command = _read(message)
        reply = self.handle(command)
        if command.user:
            Producer(connection.default_channel, auto_declare=False).publish(
                reply,
                exchange=REPLIES_EXCHANGE,
                routing_key=command.user,
                correlation_id=command.id,
                content_type="application/json",
                content_encoding="utf-8",
            )
        else:
            log.warning("command_of_nobody", service=self.service)
        message.ack()


def _read(message: Message) -> ReceivedCommand:
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode(errors="replace")
    if len(body) > LONGEST:
        body = b""  # which is no command
    user, command_id = message.properties.get("user_id"), message.properties.get("message_id")
    return ReceivedCommand(user, str(command_id)[:200] if command_id else None, body)
