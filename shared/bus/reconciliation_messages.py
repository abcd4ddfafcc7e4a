"""What services ask and answer each other about their events, on the bus. Any of it may be lost, and is asked again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
import structlog
from kombu import Connection, Producer, Queue

from shared.bus.topology import RECONCILIATION_EXCHANGE, Subscription

log = structlog.get_logger()


@dataclass(frozen=True)
class Window:
    """Events that were published after one time and until another."""

    after: datetime
    until: datetime
    event_ids: Sequence[UUID]


@dataclass(frozen=True)
class Message:
    """A publisher's question which of the events its subscriber lacks, or the answer, with those that it lacks."""

    origin: str
    is_answer: bool
    window: Window

    def encode(self) -> bytes:
        """As it is on the bus."""
        return orjson.dumps({"origin": self.origin, "is_answer": self.is_answer, **vars(self.window)})

    @classmethod
    def decode(cls, body: bytes) -> "Message":
        """As it was before. ValueError, TypeError or KeyError when it is none."""
        read = orjson.loads(body)
        after, until = datetime.fromisoformat(read["after"]), datetime.fromisoformat(read["until"])
        window = Window(after, until, [UUID(event_id) for event_id in read["event_ids"]])
        return cls(str(read["origin"]), bool(read["is_answer"]), window)


def send(connection: Connection, service: str, message: Message) -> None:
    """Send the message to the service; it is lost where the service has never run."""
    Producer(connection.default_channel, auto_declare=False).publish(
        message.encode(),
        exchange=RECONCILIATION_EXCHANGE,
        routing_key=service,
        content_type="application/json",
        content_encoding="utf-8",
    )


def take(connection: Connection, subscription: Subscription) -> Iterator[Message]:
    """Take what waits for the service; what cannot be read is left out."""
    queue = Queue(subscription.reconciliation_queue, no_declare=True)(connection.default_channel)
    while received := queue.get(no_ack=True):
        try:
            yield Message.decode(received.body)
        except (ValueError, TypeError, KeyError, AttributeError):
            log.warning("reconciliation_unreadable", service=subscription.service)
