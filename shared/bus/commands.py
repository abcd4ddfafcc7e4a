"""Commands of other systems over the bus, and the replies to them.

Who sends a command stands in its `user_id`, which the broker lets nobody set but that user (RabbitMQ, *Validated
User-ID*); the reply goes to that system's own queue and to no other. A command is acknowledged once the broker has its
reply, or takes none for that system: after a crash it comes again, and whoever handles it knows by its id what came of
it. A command that processes have ended with is handled after all others.
"""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import structlog
from kombu import Connection, Consumer, Message, Queue
from prometheus_client import Counter

from shared.bus.publisher import CONFIRM_TIMEOUT, NotConfirmed
from shared.bus.topology import REPLIES_EXCHANGE, commands_queue, connect, declare, is_amqp

PREFETCH = 20
LONGEST_WAIT = 1.0  # seconds, after which it looks whether it is to stop
LINGER = 0.002
LONGEST = 200_000  # bytes of a command

log = structlog.get_logger()


class ReplyOutcome(StrEnum):
    """What became of a reply: its system's queue has it, there is no such queue, or it takes no more."""

    DELIVERED = "delivered"
    RETURNED = "returned"
    REJECTED = "rejected"


# What the broker answers: a message that is returned is confirmed after that.
_ANSWERS = {
    "basic_return": ReplyOutcome.RETURNED,
    "basic_ack": ReplyOutcome.DELIVERED,
    "basic_nack": ReplyOutcome.REJECTED,
}

REPLIES = Counter("bus_replies", "Replies to other systems, by what became of them.", ["service", "outcome"])


@dataclass(frozen=True)
class ReceivedCommand:
    """A command as it came: the broker's user who sent it, its id, and its content as JSON. None: it has no such.

    `again`: the broker gives it again, since whoever had taken it has ended or lost the connection.
    """

    user: str | None
    id: str | None
    body: bytes
    again: bool = False


class CommandHandler(Protocol):
    """What a service does with commands."""

    def __call__(self, received: ReceivedCommand) -> bytes:
        """The reply; the same when it comes again. Raises only what passes: the store is away."""

    def deaths(self, received: ReceivedCommand) -> int:
        """How many processes have ended, as far as it knows, while they handled the command."""


@dataclass(frozen=True)
class CommandConsumer:
    """One service's consumer of commands."""

    service: str
    broker_url: str
    handler: CommandHandler

    @property
    def name(self) -> str:
        """What the loop is called in logs."""
        return f"{self.service}-commands"

    def run(self, stop: threading.Event) -> None:
        """Take commands until stopped. What is not answered by then, or when something is raised, comes again."""
        with connect(self.broker_url) as connection:
            declare(connection)
            taken: list[Message] = []
            consumer = Consumer(
                connection.channel(),
                queues=[Queue(commands_queue(self.service), no_declare=True)],
                on_message=taken.append,
                on_decode_error=lambda message, _: taken.append(message),
                prefetch_count=PREFETCH,
                auto_declare=False,
            )
            replies = _Replies(self.service, connection)
            with consumer:
                while not stop.is_set():
                    _collect(connection, taken)
                    for message, command in self._suspects_last(taken):
                        if stop.is_set():
                            return
                        _stay_alive(connection)
                        replies.send(command, self.handler(command))
                        message.ack()

    def _suspects_last(self, taken: list[Message]) -> list[tuple[Message, ReceivedCommand]]:
        """What was taken, and no more waits here: that which processes have ended with comes after its neighbours."""
        commands = [(message, _read(message)) for message in taken]
        taken.clear()
        return sorted(commands, key=lambda each: self.handler.deaths(each[1]) if each[1].again else 0)


class _Replies:
    """Publishes replies, each confirmed before the next."""

    def __init__(self, service: str, connection: Connection) -> None:
        self._service, self._connection = service, connection
        self._channel: Any = connection.channel()
        self._confirms = is_amqp(connection)
        self._answers: list[ReplyOutcome] = []
        if self._confirms:
            self._channel.confirm_select()
            for event, outcome in _ANSWERS.items():
                self._channel.events[event].add(lambda *_, outcome=outcome: self._answers.append(outcome))

    def send(self, command: ReceivedCommand, reply: bytes) -> None:
        """Publish the reply to the system that sent the command. Raises NotConfirmed when the broker does not answer.

        One that the broker takes for nobody is dropped: the system gets it when it sends the command again.
        """
        if not command.user:
            log.warning("command_of_nobody", service=self._service)
            return
        outcome = self._outcome(command.user, self._prepared(command, reply))
        REPLIES.labels(self._service, outcome).inc()
        if outcome is not ReplyOutcome.DELIVERED:
            log.warning("reply_not_delivered", service=self._service, system=command.user, outcome=outcome)

    def _prepared(self, command: ReceivedCommand, reply: bytes) -> Any:
        properties = {"delivery_mode": 2, **({"correlation_id": command.id} if command.id else {})}
        return self._channel.prepare_message(
            reply, content_type="application/json", content_encoding="utf-8", properties=properties
        )

    def _outcome(self, user: str, message: Any) -> ReplyOutcome:
        to = {"exchange": REPLIES_EXCHANGE, "routing_key": user}
        if not self._confirms:
            self._channel.basic_publish(message, **to)
            return ReplyOutcome.DELIVERED
        self._answers.clear()
        self._channel.basic_publish(message, mandatory=True, **to)
        give_up_at = time.monotonic() + CONFIRM_TIMEOUT
        while not {ReplyOutcome.DELIVERED, ReplyOutcome.REJECTED} & set(self._answers):
            left = give_up_at - time.monotonic()
            if left <= 0:
                raise NotConfirmed("a reply was not confirmed in time")
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=left)
        return self._answers[0]


def _collect(connection: Connection, taken: list[Message]) -> None:
    """Wait for a first command unless there is one, then take those that are there already."""
    _stay_alive(connection)
    try:
        if not taken:
            connection.drain_events(timeout=LONGEST_WAIT)
        while len(taken) < PREFETCH:
            connection.drain_events(timeout=LINGER)
    except TimeoutError:
        return


def _stay_alive(connection: Connection) -> None:
    if connection.supports_heartbeats:
        connection.heartbeat_check()


def _read(message: Message) -> ReceivedCommand:
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode(errors="replace")
    if message.errors or len(body) > LONGEST:
        body = b""  # which is no command
    user, command_id = message.properties.get("user_id"), message.properties.get("message_id")
    again = bool(message.delivery_info.get("redelivered"))
    return ReceivedCommand(user, str(command_id) if command_id else None, body, again)
