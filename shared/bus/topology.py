"""The exchanges and queues of the bus, declared by every process that connects (docs/architecture.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kombu import Connection, Exchange, Queue, binding

EVENTS_EXCHANGE = "arende.events"
HANDLING_EXCHANGE = "arende.handling"
UNROUTED = "arende.unrouted"
RECONCILIATION_EXCHANGE = "arende.reconciliation"

# A process that is killed gives back all that it had prefetched, so other events are counted too.
DELIVERY_LIMIT = 20

# A quorum queue without a limit drops what was given back 20 times, from RabbitMQ 4 on. There -1 means none, which
# 3.x refuses; this many is refused by neither.
ENDLESS = 2**31 - 1

# Milliseconds. What was not taken by then is asked again.
RECONCILIATION_LIFE = 60_000

_unrouted = Exchange(UNROUTED, type="fanout", durable=True)
_events = Exchange(EVENTS_EXCHANGE, type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})
_handling = Exchange(HANDLING_EXCHANGE, type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})
_reconciliation = Exchange(RECONCILIATION_EXCHANGE, type="direct", durable=True)
_QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": ENDLESS}


@dataclass(frozen=True)
class Subscription:
    """A service's queue and the topics bound to it (`submission.#`)."""

    service: str
    topics: tuple[str, ...]

    def receives(self, exchange: str, routing_key: str) -> bool:
        """Whether the service gets what is published on the exchange with the routing key."""
        return exchange == EVENTS_EXCHANGE and routing_key.startswith(self.families)

    @property
    def families(self) -> tuple[str, ...]:
        """How the routing keys of its events begin: `submission.`."""
        return tuple(topic.removesuffix("#") for topic in self.topics)

    @property
    def queue(self) -> str:
        """The queue that the service consumes."""
        return f"arende.{self.service}"

    @property
    def dead_letter_queue(self) -> str:
        """Where the broker puts an event that ended the service's processes DELIVERY_LIMIT times."""
        return f"arende.{self.service}.dead-letter"

    @property
    def reconciliation_queue(self) -> str:
        """Where others ask the service which events it has, and answer it. What is there lasts a minute."""
        return f"arende.{self.service}.reconciliation"


INTAKE = Subscription("intake", ("case.#", "notification.#"))
ROUTING = Subscription("routing", ("submission.#", "proposal.#", "notification.#"))
NOTIFY = Subscription("notify", ("submission.#", "case.#", "proposal.#"))
SUBSCRIPTIONS = (INTAKE, ROUTING, NOTIFY)


def connect(url: str) -> Connection:
    """A connection to the broker, not yet opened."""
    options = {"polling_interval": 0.005} if url.startswith("memory:") else {}
    return Connection(url, heartbeat=30, connect_timeout=5, transport_options=options)


def check(url: str) -> None:
    """Raise when the broker does not answer."""
    with connect(url) as connection:
        connection.connect()


def is_amqp(connection: Connection) -> bool:
    """Whether a real broker is at the other end: one that confirms, and acknowledges in multiples."""
    return bool(connection.transport.driver_type == "amqp")


def declare(connection: Connection, *more: Subscription) -> None:
    """Declare the exchanges and every service's queue, so that events published before a subscriber's first start wait.

    The catch-all queue takes what no other queue is bound to.
    """
    channel = connection.default_channel
    for exchange in (_unrouted, _events, _handling, _reconciliation):
        exchange(channel).declare()
    _declare(channel, UNROUTED, bindings=[binding(_unrouted)])
    for subscription in {*SUBSCRIPTIONS, *more}:
        _declare_subscription(channel, subscription)


def declare_handling(connection: Connection, routing_keys: Sequence[str]) -> None:
    """Declare a queue for each handling queue that another system works over AMQP."""
    for key in routing_keys:
        _declare(connection.default_channel, handling_queue(key), bindings=[binding(_handling, routing_key=key)])


def handling_queue(routing_key: str) -> str:
    """The name of a handling queue on the bus: `arende.handling.<key>`."""
    return f"{HANDLING_EXCHANGE}.{routing_key}"


def depth(connection: Connection, queue: str) -> int:
    """How many messages wait in the queue."""
    return int(connection.default_channel.queue_declare(queue, passive=True).message_count)


def _declare_subscription(channel: Any, subscription: Subscription) -> None:
    """The dead-letter queue comes first: at-least-once dead-lettering needs its target to exist."""
    _declare(channel, subscription.dead_letter_queue)
    _declare(
        channel,
        subscription.reconciliation_queue,
        bindings=[binding(_reconciliation, routing_key=subscription.service)],
        **{"x-message-ttl": RECONCILIATION_LIFE},
    )
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
