"""What a subscriber never got is published again by itself, on PostgreSQL with RabbitMQ and on the embedded default."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from kombu import Connection, Producer
from prometheus_client import REGISTRY
from sqlalchemy import event, select, update

from shared.bus import reconciliation, reconciliation_messages, topology
from shared.bus.publisher import Publisher
from shared.bus.reconciliation import Reconciler
from shared.bus.reconciliation_messages import Message
from shared.bus.relay import Relay
from shared.clock import Clock, utc_now
from shared.settings import EventTimes
from tests.bus import GREETER, KEYRING, TABLES, Greeter, Outbox, Reconciliation, a_greeter, a_greeting, eventually

REAL = pytest.param("real", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])
TIMES = EventTimes()


@pytest.fixture(params=["embedded", REAL])
def greeter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Greeter]:
    """The smallest service, which subscribes to what it publishes."""
    if request.param == "real":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        made = a_greeter(make(), request.getfixturevalue("broker_url"))
    else:
        made = a_greeter(f"sqlite:///{tmp_path}/greeter.sqlite", "memory://")
    yield made
    with topology.connect(made.broker_url) as connection:
        for queue in (
            GREETER.queue,
            GREETER.dead_letter_queue,
            topology.UNROUTED,
            GREETER.reconciliation_queue,
        ):
            connection.default_channel.queue_delete(queue)
    made.database.engine.dispose()


@dataclass
class LateClock:
    """A clock that is ahead of the others by so much that what was published just now is due; it can be moved on."""

    ahead: timedelta = 2 * TIMES.republish_after

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture
def clock() -> LateClock:
    """The clock of the reconciliation."""
    return LateClock()


@pytest.fixture
def reconciler(greeter: Greeter, clock: LateClock) -> Reconciler:
    """The greeter's reconciliation, late in the day."""
    later = replace(greeter.processor(), clock=clock)
    return Reconciler(later, Reconciliation, greeter.broker_url, GREETER, TIMES, (GREETER,))


def publish_without_binding(greeter: Greeter, clock: Clock = utc_now) -> None:
    """Publish what is recorded while the greeter's queue is not bound to it; in memory, where it always is, lose it."""
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, TABLES.outbox, clock)
    with Publisher(greeter.broker_url) as publisher, topology.connect(greeter.broker_url) as connection:
        channel = connection.default_channel
        if topology.is_amqp(connection):
            channel.queue_unbind(GREETER.queue, topology.EVENTS_EXCHANGE, "greeting.#")
        relay.publish_batch(publisher)
        if not topology.is_amqp(connection):
            channel.queue_purge(GREETER.queue)
    assert greeter.unpublished() == 0


def bind(greeter: Greeter) -> None:
    """Bind its queue again: its relay may be there before its consumer does."""
    with topology.connect(greeter.broker_url) as connection:
        topology.declare(connection, GREETER)


def republished() -> float:
    """How many events were ever published again for the greeter."""
    labels = {"service": "greeter", "subscriber": "greeter"}
    return REGISTRY.get_sample_value("bus_events_republished_total", labels) or 0


def settled(greeter: Greeter) -> Reconciliation:
    """How far the greeter knows what it has itself."""
    with greeter.database.sessions() as session:
        return session.scalars(select(Reconciliation).where(Reconciliation.subscriber == "greeter")).one()


def turn_until(reconciler: Reconciler, holds: Callable[[], object]) -> None:
    """Let it turn until it holds."""

    def turned() -> object:
        reconciler.turn()
        return holds()

    eventually(turned)


def test_an_event_whose_binding_was_removed_is_published_again_and_handled_once_it_is_bound(
    greeter: Greeter, reconciler: Reconciler
) -> None:
    before = republished()
    greeter.publish(a_greeting("förlorad"))
    publish_without_binding(greeter)
    bind(greeter)

    with greeter.running():
        greeter.publish(a_greeting("senare"))
        eventually(lambda: greeter.received() == ["senare"])
        turn_until(reconciler, lambda: "förlorad" in greeter.received())

    assert sorted(greeter.received()) == ["förlorad", "senare"]
    assert republished() >= before + 1


def test_an_event_that_does_not_arrive_though_published_again_is_older_each_time_until_it_does(
    greeter: Greeter, reconciler: Reconciler, clock: LateClock
) -> None:
    def oldest() -> float:
        labels = {"service": "greeter", "subscriber": "greeter"}
        return REGISTRY.get_sample_value("bus_unhandled_oldest_seconds", labels) or 0

    greeter.publish(a_greeting("förlorad"))
    ages = []
    for _ in range(3):
        publish_without_binding(greeter, lambda: clock() - 2 * TIMES.republish_after)
        turn_until(reconciler, lambda: greeter.unpublished() == 1)
        reconciler.turn()
        ages.append(oldest())
        clock.ahead += timedelta(minutes=10)
    assert ages[0] > TIMES.republish_seconds
    assert ages == sorted(ages)
    assert ages[2] > 1200
    bind(greeter)

    with greeter.running():
        turn_until(reconciler, lambda: greeter.received() == ["förlorad"] and greeter.unpublished() == 0)
        clock.ahead += timedelta(minutes=10)
        turn_until(reconciler, lambda: oldest() == 0)


def test_what_was_handled_and_what_failed_is_not_published_again(greeter: Greeter, reconciler: Reconciler) -> None:
    def refuse(words: str) -> None:
        if words == "svår":
            raise ValueError

    before = republished()
    greeter.on_greeting = refuse
    with greeter.running():
        greeter.publish(*(a_greeting(str(number)) for number in range(30)), a_greeting("svår"))
        eventually(lambda: len(greeter.received()) == 30 and len(greeter.failed()) == 1 and greeter.unpublished() == 0)
        handled_at = utc_now()
        turn_until(reconciler, lambda: settled(greeter).known_until > handled_at)

    assert republished() == before
    assert len(greeter.received()) == 30


def test_what_still_waits_in_the_subscribers_queue_is_late_and_not_published_again(
    greeter: Greeter, reconciler: Reconciler
) -> None:
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, TABLES.outbox, utc_now)
    greeter.publish(a_greeting("sen"))
    with Publisher(greeter.broker_url) as publisher, topology.connect(greeter.broker_url) as connection:
        relay.publish_batch(publisher)
        eventually(lambda: topology.depth(connection, GREETER.queue) == 1)

    for _ in range(4):
        reconciler.turn()

    assert greeter.unpublished() == 0
    assert settled(greeter).known_until < utc_now() - timedelta(days=1), "nothing is known of it"


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_what_the_broker_has_put_among_what_is_late_is_not_published_again(
    postgres_database: Callable[[], str], broker_url: str, clock: LateClock
) -> None:
    impatient = replace(GREETER, late_after=1)
    greeter = a_greeter(postgres_database(), broker_url, impatient)
    reconciler = Reconciler(
        replace(greeter.processor(), clock=clock), Reconciliation, broker_url, impatient, TIMES, (impatient,)
    )
    relay = Relay("greeter", greeter.database, broker_url, KEYRING, TABLES.outbox, utc_now)
    greeter.publish(a_greeting("sen"))
    with Publisher(broker_url) as publisher, topology.connect(broker_url) as connection:
        relay.publish_batch(publisher)
        eventually(lambda: topology.depth(connection, GREETER.dead_letter_queue) == 1)

    for _ in range(4):
        reconciler.turn()

    assert greeter.unpublished() == 0
    with topology.connect(broker_url) as connection:
        for queue in GREETER.queues:
            connection.default_channel.queue_delete(queue)
    greeter.database.engine.dispose()


def test_what_is_too_old_for_subscribers_to_remember_is_not_published_again(
    greeter: Greeter, reconciler: Reconciler
) -> None:
    greeter.publish(a_greeting("gammal"))
    publish_without_binding(greeter)
    with greeter.database.sessions.begin() as session:
        session.execute(update(Outbox).values(recorded_at=utc_now() - TIMES.keep))

    turn_until(reconciler, lambda: settled(greeter).known_until > utc_now())

    assert greeter.unpublished() == 0


def test_each_event_is_asked_about_once_and_a_turn_in_calm_costs_few_statements(
    greeter: Greeter, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[UUID] = []

    def send(connection: Connection, service: str, message: Message) -> None:
        asked.extend(() if message.is_answer else message.window.event_ids)
        reconciliation_messages.send(connection, service, message)

    monkeypatch.setattr(reconciliation, "send", send)
    monkeypatch.setattr(reconciliation, "BATCH", 7)
    published = [a_greeting(str(number)) for number in range(40)]
    with greeter.running():
        for greeting in published:
            greeter.publish(greeting)
        eventually(lambda: len(greeter.received()) == 40 and greeter.unpublished() == 0)
        handled_at = utc_now()
    turn_until(reconciler, lambda: settled(greeter).known_until > handled_at)
    with statements(greeter) as calm:
        reconciler.turn()

    assert sorted(asked) == sorted(each.id for each in published)
    assert len(calm) == 3
    assert all(statement.startswith("SELECT") for statement in calm)


@contextmanager
def statements(greeter: Greeter) -> Iterator[list[str]]:
    """The statements that are run on the greeter's store meanwhile."""
    run: list[str] = []

    def record(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith("BEGIN"):
            run.append(statement)

    event.listen(greeter.database.engine, "before_cursor_execute", record)
    yield run
    event.remove(greeter.database.engine, "before_cursor_execute", record)


def test_a_message_that_cannot_be_read_stops_nothing(greeter: Greeter, reconciler: Reconciler) -> None:
    greeter.publish(a_greeting("förlorad"))
    publish_without_binding(greeter)
    with topology.connect(greeter.broker_url) as connection:
        for body in (b"", b"[]", b"{}", b'{"origin": 1, "is_answer": 1, "after": 1, "until": "x", "event_ids": [1]}'):
            Producer(connection.channel(), auto_declare=False).publish(
                body, exchange=topology.RECONCILIATION_EXCHANGE, routing_key="greeter", content_type="application/json"
            )

    with greeter.running():
        turn_until(reconciler, lambda: greeter.received() == ["förlorad"])
