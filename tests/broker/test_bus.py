"""The guarantees of the bus, on PostgreSQL with RabbitMQ and on the embedded default alike."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kombu import Producer
from sqlalchemy import update

from shared.bus import held, outbox, topology
from shared.bus.publisher import NotConfirmed, Outgoing, Publisher
from shared.bus.relay import Relay
from shared.bus.waking import waker
from shared.clock import utc_now
from tests.bus import GREETER, KEYRING, TABLES, Greeter, Held, Outbox, a_greeter, a_greeting, eventually

REAL = pytest.param("real", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])


@pytest.fixture(params=["embedded", REAL])
def greeter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Greeter]:
    if request.param == "real":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        made = a_greeter(make(), request.getfixturevalue("broker_url"))
    else:
        made = a_greeter(f"sqlite:///{tmp_path}/greeter.sqlite", "memory://")
    yield made
    with topology.connect(made.broker_url) as connection:
        for queue in (GREETER.queue, GREETER.dead_queue, topology.UNROUTED):
            connection.default_channel.queue_delete(queue)
    made.database.engine.dispose()


@pytest.fixture
def real_greeter(postgres_database: Callable[[], str], broker_url: str) -> Iterator[Greeter]:
    made = a_greeter(postgres_database(), broker_url)
    yield made
    made.database.engine.dispose()


def publish_raw(greeter: Greeter, body: bytes, *, times: int = 1) -> None:
    with topology.connect(greeter.broker_url) as connection:
        producer = Producer(connection.channel(), auto_declare=False)
        for _ in range(times):
            producer.publish(
                body,
                exchange=topology.EVENTS_EXCHANGE,
                routing_key="greeting.given.2039",
                content_type="application/cloudevents+json",
                content_encoding="utf-8",
            )


def test_what_is_told_is_heard_and_marked_as_published(greeter: Greeter) -> None:
    greeter.tell(*(a_greeting(f"hej {number}") for number in range(1200)))

    with greeter.running():
        eventually(lambda: len(greeter.heard()) == 1200)
        eventually(lambda: greeter.unpublished() == 0)

    assert sorted(greeter.heard()) == sorted(f"hej {number}" for number in range(1200))


def test_a_commit_wakes_the_relay_long_before_its_sleep_is_over(greeter: Greeter) -> None:
    longest = 60
    asleep_at = time.monotonic()
    with waker(greeter.database.engine, "outbox") as sleep:
        teller = threading.Timer(0.2, greeter.tell, [a_greeting()])
        teller.start()
        sleep(longest)

    assert time.monotonic() - asleep_at < longest
    teller.join()


def test_an_event_delivered_ten_times_in_any_order_is_acted_on_once(greeter: Greeter) -> None:
    greetings = [a_greeting(f"hej {number}") for number in range(20)]
    deliveries = greetings * 10
    random.shuffle(deliveries)

    with greeter.running():
        for event in deliveries:
            publish_raw(greeter, event.encode())
        greeter.tell(a_greeting("sist"))
        eventually(lambda: "sist" in greeter.heard())
        eventually(lambda: len(greeter.heard()) >= 21)
        time.sleep(0.3)

    assert sorted(greeter.heard()) == sorted([*(f"hej {number}" for number in range(20)), "sist"])


@pytest.mark.parametrize(
    "poison",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        a_greeting().encode().replace(b'"words"', b'"no_words"'),
        a_greeting().encode().replace(b"2039", b"x"),
    ],
    ids=["empty", "not JSON", "not UTF-8", "a list", "no attributes", "wrong data", "wrong municipality"],
)
def test_an_event_that_cannot_be_read_is_parked_with_its_reason_and_the_others_flow_on(
    greeter: Greeter, poison: bytes
) -> None:
    with greeter.running():
        greeter.tell(a_greeting("före"))
        publish_raw(greeter, poison)
        greeter.tell(a_greeting("efter"))
        eventually(lambda: sorted(greeter.heard()) == ["efter", "före"])
        eventually(lambda: len(greeter.held()) == 1)

    [parked] = greeter.held()
    assert parked.next_attempt_at is None
    assert parked.body == poison
    assert "UnreadableEvent" in parked.reason


def test_an_event_whose_handling_fails_waits_and_is_handled_when_the_fault_is_gone(greeter: Greeter) -> None:
    broken = threading.Event()
    broken.set()

    def hear(words: str) -> None:
        if words == "svår" and broken.is_set():
            raise ValueError("personal words of the event")

    greeter.hear = hear
    with greeter.running():
        greeter.tell(a_greeting("svår"), a_greeting("lätt"))
        eventually(lambda: greeter.heard() == ["lätt"])
        eventually(lambda: len(greeter.held()) == 1)
        [waiting] = greeter.held()
        broken.clear()
        eventually(lambda: greeter.heard() == ["lätt", "svår"])

    assert waiting.next_attempt_at is not None
    assert waiting.reason == "ValueError", "the reason says nothing of what the event held"
    assert greeter.held() == []


def test_after_the_last_attempt_an_event_is_parked_until_it_is_told_to_be_tried_again(greeter: Greeter) -> None:
    def refuse(words: str) -> None:
        raise ValueError

    greeter.hear = refuse
    event = a_greeting("envis")
    with greeter.running():
        greeter.tell(event)
        for _ in held.WAITS:
            eventually(lambda: len(greeter.held()) == 1)
            hurry(greeter)
        eventually(lambda: greeter.held()[0].next_attempt_at is None)
        assert greeter.held()[0].attempts == len(held.WAITS) + 1

        greeter.hear = lambda words: None
        with greeter.database.sessions.begin() as session:
            assert held.retry_now(session, Held, [str(event.id)], now=utc_now()) == 1
        eventually(lambda: greeter.heard() == ["envis"])

    assert greeter.held() == []


def test_an_event_that_is_dropped_does_not_come_back_with_a_replay(greeter: Greeter) -> None:
    def refuse(words: str) -> None:
        raise ValueError

    greeter.hear = refuse
    event = a_greeting("oönskad")
    with greeter.running():
        greeter.tell(event)
        eventually(lambda: len(greeter.held()) == 1)
        with greeter.database.sessions.begin() as session:
            assert held.drop(session, TABLES, [str(event.id)], now=utc_now()) == 1
        greeter.hear = lambda words: None
        with greeter.database.sessions.begin() as session:
            outbox.replay(session, Outbox, since=utc_now() - timedelta(hours=1))
        greeter.tell(a_greeting("sist"))
        eventually(lambda: "sist" in greeter.heard())
        eventually(lambda: greeter.unpublished() == 0)

    assert greeter.heard() == ["sist"]


def test_replay_publishes_again_and_what_was_handled_is_skipped(greeter: Greeter) -> None:
    with greeter.running():
        greeter.tell(*(a_greeting(str(number)) for number in range(50)))
        eventually(lambda: len(greeter.heard()) == 50 and greeter.unpublished() == 0)
        with greeter.database.sessions.begin() as session:
            assert outbox.replay(session, Outbox, since=utc_now() - timedelta(hours=1)) == 50
        eventually(lambda: greeter.unpublished() == 0)
        greeter.tell(a_greeting("sist"))
        eventually(lambda: "sist" in greeter.heard())

    assert len(greeter.heard()) == 51


def test_what_a_secret_event_says_is_sealed_on_the_bus_and_open_to_those_who_hold_a_key(greeter: Greeter) -> None:
    def refuse(words: str) -> None:
        raise ValueError

    greeter.hear = refuse
    with greeter.running():
        greeter.tell(a_greeting("hemligt"), secret=True)
        eventually(lambda: len(greeter.held()) == 1)
        [waiting] = greeter.held()
        assert b"hemligt" not in waiting.body
        greeter.hear = lambda words: None
        eventually(lambda: greeter.heard() == ["hemligt"])


def test_nothing_is_marked_as_published_before_the_broker_has_confirmed_it(greeter: Greeter) -> None:
    class Unsure(Publisher):
        def publish(self, messages: object) -> None:
            raise NotConfirmed("no answer")

    greeter.tell(a_greeting())
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, TABLES.outbox, utc_now)

    with pytest.raises(NotConfirmed):
        relay.publish_batch(Unsure(greeter.broker_url))

    assert greeter.unpublished() == 1


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_an_event_that_no_queue_is_bound_to_is_caught(real_greeter: Greeter) -> None:
    with Publisher(real_greeter.broker_url) as publisher:
        publisher.publish([Outgoing(topology.EVENTS_EXCHANGE, "nobody.listens.2039", "1", b"{}")])

    with topology.connect(real_greeter.broker_url) as connection:
        eventually(lambda: topology.depth(connection, topology.UNROUTED) == 1)


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_an_event_that_its_process_dies_over_is_parked_in_the_end(real_greeter: Greeter) -> None:
    deadly = a_greeting("dödlig")
    with topology.connect(real_greeter.broker_url) as connection:
        publish_raw(real_greeter, deadly.encode())
        deaths = 0
        while deaths < 100 and (message := next_message(connection)):
            message.requeue()
            deaths += 1

    with real_greeter.running():
        eventually(lambda: len(real_greeter.held()) == 1)

    assert deaths == topology.DELIVERY_LIMIT + 1
    [parked] = real_greeter.held()
    assert parked.event_id == str(deadly.id)
    assert parked.next_attempt_at is None


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_two_relays_and_two_consumers_share_the_work(real_greeter: Greeter) -> None:
    with real_greeter.running(), real_greeter.running():
        for _ in range(10):
            real_greeter.tell(*(a_greeting("hej") for _ in range(100)))
        eventually(lambda: len(real_greeter.heard()) >= 1000)
        time.sleep(0.3)

    assert len(real_greeter.heard()) == 1000


def next_message(connection: object) -> object:
    until = time.monotonic() + 2
    channel = connection.default_channel  # type: ignore[attr-defined]
    while time.monotonic() < until:
        raw = channel.basic_get(GREETER.queue)
        if raw:
            return channel.message_to_python(raw)
        time.sleep(0.02)
    return None


def hurry(greeter: Greeter) -> None:
    """Make the held events due now, and wait for the attempt."""
    [row] = greeter.held()
    with greeter.database.sessions.begin() as session:
        session.execute(update(Held).where(Held.next_attempt_at.is_not(None)).values(next_attempt_at=utc_now()))
    eventually(lambda: greeter.held()[0].attempts > row.attempts)
