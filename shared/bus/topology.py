"""The exchanges and queues of the bus, declared by every process that connects (docs/architecture.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from amqp.exceptions import AccessRefused
from kombu import Connection, Exchange, Queue, binding
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["memory"] = "shared.bus.memory_transport:Transport"

EVENTS_EXCHANGE = "arende.events"
HANDLING_EXCHANGE = "arende.handling"
UNROUTED = "arende.unrouted"

# A process that is killed gives back all that it had prefetched, so other events are counted too.
DELIVERY_LIMIT = 20

# A quorum queue without a limit drops what was given back 20 times, from RabbitMQ 4 on. There -1 means none, which
# 3.x refuses; this many is refused by neither.
ENDLESS = 2**31 - 1

_unrouted = Exchange(UNROUTED, type="fanout", durable=True)
_events = Exchange(EVENTS_EXCHANGE, type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})
_handling = Exchange(HANDLING_EXCHANGE, type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})
_EXCHANGES = (_unrouted, _events, _handling)
_QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": ENDLESS}


_may_not_declare: set[str] = set()


@dataclass(frozen=True)
class Subscription:
    """A service's queue and the topics bound to it (`submission.#`)."""

    service: str
    topics: tuple[str, ...]

    @property
    def queue(self) -> str:
        """The queue that the service consumes."""
        return f"arende.{self.service}"

    @property
    def dead_letter_queue(self) -> str:
        """Where the broker puts an event that ended the service's processes DELIVERY_LIMIT times."""
        return f"arende.{self.service}.dead-letter"


INTAKE = Subscription("intake", ("case.#", "notification.#"))
ROUTING = Subscription("routing", ("submission.#", "proposal.#", "notification.#"))
NOTIFY = Subscription("notify", ("submission.#", "case.#", "proposal.#"))
SUBSCRIPTIONS = (INTAKE, ROUTING, NOTIFY)


def connect(url: str) -> Connection:
    """A connection to the broker, not yet opened."""
    return Connection(url, heartbeat=30, connect_timeout=5)


def check(url: str) -> None:
    """Raise when the broker does not answer."""
    with connect(url) as connection:
        connection.connect()


def is_amqp(connection: Connection) -> bool:
    """Whether a real broker is at the other end: one that confirms, and acknowledges in multiples."""
    return bool(connection.transport.driver_type == "amqp")


def declare(connection: Connection, *more: Subscription) -> None:
    """Declare the exchanges and every service's queue, so that events published before a subscriber's first start wait.

    The catch-all queue takes what no other queue is bound to. A user who may not declare (docs/operations.md, *Rights
    at the broker*) sees that they are there: NotFound for the first that is not.
    """
    subscriptions, user = {*SUBSCRIPTIONS, *more}, connection.as_uri()
    if user not in _may_not_declare:
        try:
            _declare_all(connection.default_channel, subscriptions)
            return
        except AccessRefused:
            _may_not_declare.add(user)  # the broker logs each attempt
    _check_all(connection.default_channel, subscriptions)


def declare_handling(connection: Connection, routing_keys: Sequence[str]) -> None:
    """Declare a queue for each handling queue that another system works over AMQP, on the exchange that is there."""
    exchange = Exchange(HANDLING_EXCHANGE, no_declare=True)
    for key in routing_keys:
        _declare(connection.default_channel, handling_queue(key), bindings=[binding(exchange, routing_key=key)])


def handling_queue(routing_key: str) -> str:
    """The name of a handling queue on the bus: `arende.handling.<key>`."""
    return f"{HANDLING_EXCHANGE}.{routing_key}"


def depth(connection: Connection, queue: str) -> int:
    """How many messages wait in the queue."""
    return int(connection.default_channel.queue_declare(queue, passive=True).message_count)


def _declare_all(channel: Any, subscriptions: Iterable[Subscription]) -> None:
    for exchange in _EXCHANGES:
        exchange(channel).declare()
    _declare(channel, UNROUTED, bindings=[binding(_unrouted)])
    for subscription in subscriptions:
        _declare_subscription(channel, subscription)


def _check_all(channel: Any, subscriptions: Iterable[Subscription]) -> None:
    for exchange in _EXCHANGES:
        exchange(channel).declare(passive=True)
    for queue in (UNROUTED, *(name for each in subscriptions for name in (each.queue, each.dead_letter_queue))):
        channel.queue_declare(queue, passive=True)


def _declare_subscription(channel: Any, subscription: Subscription) -> None:
    """The dead-letter queue comes first: at-least-once dead-lettering needs its target to exist."""
    _declare(channel, subscription.dead_letter_queue)
    _declare(
        channel,
        subscription.queue,
        bindings=[binding(_events, routing_key=topic) for topic in subscription.topics],
        **{
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": subscription.dead_letter_queue,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )


def _declare(channel: Any, name: str, bindings: Sequence[Any] = (), **arguments: Any) -> None:
    Queue(name, bindings=bindings, durable=True, queue_arguments={**_QUORUM, **arguments})(channel).declare()
