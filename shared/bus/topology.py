"""The exchanges and queues of the bus, declared by every process that connects (docs/architecture.md)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import structlog
from amqp.exceptions import AccessRefused, PreconditionFailed
from kombu import Connection, Exchange, Queue
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["memory"] = "shared.bus.memory_transport:Transport"

EVENTS_EXCHANGE = "arende.events"
HANDLING_EXCHANGE = "arende.handling"
UNROUTED = "arende.unrouted"
RECONCILIATION_EXCHANGE = "arende.reconciliation"
COMMANDS_EXCHANGE = "arende.commands"
REPLIES_EXCHANGE = "arende.replies"

# A process that is killed gives back all that it had prefetched, so other events are counted too.
DELIVERY_LIMIT = 20

# A quorum queue without a limit drops what was given back 20 times, from RabbitMQ 4 on. There -1 means none, which
# 3.x refuses; this many is refused by neither.
ENDLESS = 2**31 - 1

# Seconds. Two heartbeats without a sign of life, and a connection is given up, by either side. A consumer sends none
# while it handles a batch, whose statements have limits of their own (shared/database.py).
HEARTBEAT = 15
CONNECT_TIMEOUT = 5
ANSWER_TIMEOUT = 10.0

# Milliseconds. What was not taken by then is asked again.
RECONCILIATION_LIFE = 60_000

# Milliseconds. What a service has not taken by then makes room for what is newer: a case waits five seconds at most
# (docs/decisions/0018), of which two are for what its worker has taken already.
LATE_AFTER = 3_000

log = structlog.get_logger()

_unrouted = Exchange(UNROUTED, type="fanout", durable=True)
_events = Exchange(EVENTS_EXCHANGE, type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})
_handling = Exchange(HANDLING_EXCHANGE, type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})
_reconciliation = Exchange(RECONCILIATION_EXCHANGE, type="direct", durable=True)
_commands = Exchange(COMMANDS_EXCHANGE, type="direct", durable=True)
_replies = Exchange(REPLIES_EXCHANGE, type="direct", durable=True)
_EXCHANGES = (_unrouted, _events, _handling, _reconciliation, _commands, _replies)
_QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": ENDLESS}


_may_not_declare: set[str] = set()


@dataclass(frozen=True)
class Subscription:
    """A service's queue, the topics bound to it (`submission.#`), and the milliseconds after which an event is late."""

    service: str
    topics: tuple[str, ...]
    late_after: int = LATE_AFTER

    def receives(self, exchange: str, routing_key: str) -> bool:
        """Whether the service gets what is published on the exchange with the routing key."""
        return exchange == EVENTS_EXCHANGE and routing_key.startswith(self.families)

    @property
    def families(self) -> tuple[str, ...]:
        """How the routing keys of its events begin: `submission.`."""
        return tuple(topic.removesuffix("#") for topic in self.topics)

    @property
    def queue(self) -> str:
        """The queue that the service consumes first."""
        return f"arende.{self.service}"

    @property
    def dead_letter_queue(self) -> str:
        """Where the broker puts an event that is late, and one that it was given back DELIVERY_LIMIT times."""
        return f"arende.{self.service}.dead-letter"

    @property
    def reconciliation_queue(self) -> str:
        """Where others ask the service which events it has, and answer it. What is there lasts a minute."""
        return f"arende.{self.service}.reconciliation"

    @property
    def queues(self) -> tuple[str, str, str]:
        """All three."""
        return self.queue, self.dead_letter_queue, self.reconciliation_queue


INTAKE = Subscription("intake", ("case.#", "notification.#"))
ROUTING = Subscription("routing", ("submission.#", "proposal.#", "notification.#"))
NOTIFY = Subscription("notify", ("submission.#", "draft.#", "case.#", "proposal.#", "officer.#", "mail.#"))
SUBSCRIPTIONS = (INTAKE, ROUTING, NOTIFY)


class BrokerConnection(Connection):  # type: ignore[misc]
    """A connection to the broker whose errors name where it leads when it cannot be opened."""

    def connect(self) -> Any:
        """Open it, unless it is open."""
        try:
            return super().connect()
        except Exception as error:
            error.add_note(f"broker {self.as_uri()}")
            raise


def connect(url: str) -> BrokerConnection:
    """A connection to the broker, not yet opened. It waits for no answer for ever, and for no write."""
    options: dict[str, float] = {"read_timeout": ANSWER_TIMEOUT, "write_timeout": ANSWER_TIMEOUT}
    if url.startswith("memory:"):
        options = {}
    return BrokerConnection(url, heartbeat=HEARTBEAT, connect_timeout=CONNECT_TIMEOUT, transport_options=options)


def check(url: str) -> None:
    """Raise when the broker does not answer."""
    with connect(url) as connection:
        connection.connect()


def is_amqp(connection: Connection) -> bool:
    """Whether a real broker is at the other end: one that confirms, and acknowledges in multiples."""
    return bool(connection.transport.driver_type == "amqp")


def declare(connection: Connection, *more: Subscription) -> None:
    """Declare the exchanges and every service's queue, so that events published before a subscriber's first start wait.

    The catch-all queue takes what no other queue is bound to. A queue that is declared otherwise already is left as it
    is, and logged. A user who may not declare sees that all are there: NotFound for the first that is not.
    """
    connection.connect()
    subscriptions = {*SUBSCRIPTIONS, *more}
    if may_declare(connection):
        try:
            _take(connection, _all_of(subscriptions))
            return
        except AccessRefused:
            _may_not_declare.add(connection.as_uri())  # the broker logs each attempt
    _check_all(connection.default_channel, subscriptions)


def may_declare(connection: Connection) -> bool:
    """Whether the connection's user may declare, as far as `declare` has found out in this process."""
    return connection.as_uri() not in _may_not_declare


def declare_handling(connection: Connection, routing_keys: Sequence[str]) -> None:
    """Declare a queue for each handling queue that another system works over AMQP."""
    _take(connection, [step for key in routing_keys for step in _queue(handling_queue(key), (_handling, key))])


def handling_queue(routing_key: str) -> str:
    """The name of a handling queue on the bus: `arende.handling.<key>`."""
    return f"{HANDLING_EXCHANGE}.{routing_key}"


def commands_queue(service: str) -> str:
    """Where other systems' commands to a service wait."""
    return f"arende.{service}.commands"


def depth(connection: Connection, queue: str) -> int:
    """How many messages wait in the queue."""
    return int(connection.default_channel.queue_declare(queue, passive=True).message_count)


# One thing to declare: the name of what it belongs to, and how.
_Step = tuple[str, Callable[[Any], object]]


def _all_of(subscriptions: Iterable[Subscription]) -> Iterator[_Step]:
    yield from map(_exchange, _EXCHANGES)
    yield from _queue(UNROUTED, (_unrouted, ""))
    yield from _queue(commands_queue(ROUTING.service), (_commands, ROUTING.service))
    for each in subscriptions:
        yield from _queues_of(each)


def _queues_of(subscription: Subscription) -> Iterator[_Step]:
    """The dead-letter queue comes first: at-least-once dead-lettering needs its target to exist."""
    yield from _queue(subscription.dead_letter_queue)
    yield from _queue(
        subscription.reconciliation_queue,
        (_reconciliation, subscription.service),
        **{"x-message-ttl": RECONCILIATION_LIFE},
    )
    yield from _queue(
        subscription.queue,
        *((_events, topic) for topic in subscription.topics),
        **{
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-message-ttl": subscription.late_after,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": subscription.dead_letter_queue,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )


def _exchange(exchange: Exchange) -> _Step:
    return exchange.name, lambda channel: exchange(channel).declare()


def _queue(name: str, *bindings: tuple[Exchange, str], **arguments: Any) -> Iterator[_Step]:
    queue = Queue(name, durable=True, queue_arguments={**_QUORUM, **arguments})
    yield name, lambda channel: queue(channel).declare()
    for exchange, key in bindings:
        yield name, partial(_bind, queue, exchange, key)


def _bind(queue: Queue, exchange: Exchange, key: str, channel: Any) -> None:
    queue.bind_to(exchange, key, channel=channel)


def _take(connection: Connection, steps: Iterable[_Step]) -> None:
    """Take each step, whatever is declared otherwise."""
    channel = connection.channel()
    for name, step in steps:
        try:
            step(channel)
        except PreconditionFailed as error:  # which has closed the channel
            _report_once(name, error.reply_text)
            channel = connection.channel()
    channel.close()


def _check_all(channel: Any, subscriptions: Iterable[Subscription]) -> None:
    for exchange in _EXCHANGES:
        exchange(channel).declare(passive=True)
    for queue in (UNROUTED, commands_queue(ROUTING.service), *(name for each in subscriptions for name in each.queues)):
        channel.queue_declare(queue, passive=True)


@cache
def _report_once(name: str, reason: str) -> None:
    log.error("declared_otherwise", name=name, reason=reason)
