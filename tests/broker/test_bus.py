"""The guarantees of the bus, on PostgreSQL with RabbitMQ and on the embedded default alike."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from amqp.exceptions import PreconditionFailed
from kombu import Connection, Producer
from prometheus_client import REGISTRY
from psycopg.errors import QueryCanceled
from sqlalchemy import ExceptionContext, create_engine, text, update
from sqlalchemy import event as engine_event
from sqlalchemy.exc import DBAPIError, OperationalError

from shared.bus import consumer, failed_events, outbox, topology
from shared.bus.consumer import LINGER
from shared.bus.failed_events import Selection
from shared.bus.notifier import commit_waiter
from shared.bus.publisher import NotConfirmed, Outgoing, Publisher
from shared.bus.relay import RETRIED_AT_ONCE, UNABLE_SECONDS, CannotPublish, Relay
from shared.clock import utc_now
from shared.database import connect, is_outage
from shared.events.envelope import Event
from shared.events.intake import SubmissionSupplemented
from shared.observability import logs
from tests.broker import greeter_process
from tests.broker.greeter_process import FATAL
from tests.builders import HandClock
from tests.bus import GREETER, KEYRING, TABLES, FailedEvent, Greeter, Outbox, a_greeter, a_greeting, eventually

REAL = pytest.param("real", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])

# Each process is forked from one that has loaded all of it.
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload([greeter_process.__name__])


@pytest.fixture(autouse=True)
def _logs() -> None:
    """As a worker has them: structlog's own way of printing an exception takes a second of the processor."""
    logs.configure("greeter")


@pytest.fixture(params=["embedded", REAL])
def greeter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Greeter]:
    if request.param == "real":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        made = a_greeter(make(), request.getfixturevalue("broker_url"))
    else:
        made = a_greeter(f"sqlite:///{tmp_path}/greeter.sqlite", "memory://")
    yield made
    delete_queues(made.broker_url)
    made.database.engine.dispose()


@pytest.fixture
def real_greeter(postgres_database: Callable[[], str], broker_url: str) -> Iterator[Greeter]:
    made = a_greeter(postgres_database(), broker_url)
    yield made
    delete_queues(broker_url)
    made.database.engine.dispose()


def delete_queues(broker_url: str) -> None:
    with topology.connect(broker_url) as connection:
        for queue in (GREETER.queue, GREETER.dead_letter_queue, topology.UNROUTED):
            connection.default_channel.queue_delete(queue)


def publish_raw(
    greeter: Greeter,
    *bodies: bytes,
    exchange: str = topology.EVENTS_EXCHANGE,
    key: str = "greeting.given.2039",
    **properties: object,
) -> None:
    with topology.connect(greeter.broker_url) as connection:
        channel = connection.channel()
        if hasattr(channel, "basic_publish_confirm"):  # a busy broker may lose what is unconfirmed as the channel ends
            channel.basic_publish = channel.basic_publish_confirm
        producer = Producer(channel, auto_declare=False)
        for body in bodies:
            producer.publish(
                body,
                exchange=exchange,
                routing_key=key,
                content_type="application/cloudevents+json",
                content_encoding="utf-8",
                **properties,
            )


def test_what_is_published_is_received_and_marked_as_published(greeter: Greeter) -> None:
    greeter.publish(*(a_greeting(f"hej {number}") for number in range(1200)))

    with greeter.running():
        eventually(lambda: len(greeter.received()) == 1200)
        eventually(lambda: greeter.unpublished() == 0)

    assert sorted(greeter.received()) == sorted(f"hej {number}" for number in range(1200))


def test_a_commit_wakes_the_relay_long_before_its_sleep_is_over(greeter: Greeter) -> None:
    longest = 60
    asleep_at = time.monotonic()
    with commit_waiter(greeter.database.engine, "outbox") as sleep:
        publisher = threading.Timer(0.2, greeter.publish, [a_greeting()])
        publisher.start()
        sleep(longest)

    assert time.monotonic() - asleep_at < longest
    publisher.join()


def test_an_event_delivered_ten_times_in_any_order_is_handled_once(greeter: Greeter) -> None:
    greetings = [a_greeting(f"hej {number}") for number in range(20)]
    deliveries = greetings * 10
    random.shuffle(deliveries)

    with greeter.running():
        publish_raw(greeter, *(event.encode() for event in deliveries))
        greeter.publish(a_greeting("sist"))
        eventually(lambda: "sist" in greeter.received())
        eventually(lambda: len(greeter.received()) >= 21)
        time.sleep(0.3)

    assert sorted(greeter.received()) == sorted([*(f"hej {number}" for number in range(20)), "sist"])


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
        greeter.publish(a_greeting("före"))
        publish_raw(greeter, poison)
        greeter.publish(a_greeting("efter"))
        eventually(lambda: sorted(greeter.received()) == ["efter", "före"])
        eventually(lambda: len(greeter.failed()) == 1)

    [parked] = greeter.failed()
    assert parked.next_attempt_at is None
    assert parked.body == poison
    assert "UnreadableEvent" in parked.reason


@pytest.mark.parametrize("headers", [{"compression": "bogus"}, {"compression": "gzip"}, {"compression": 5}])
def test_a_message_whose_headers_cannot_be_read_is_parked_and_the_others_flow_on(
    greeter: Greeter, headers: dict[str, object]
) -> None:
    odd = a_greeting("udda").encode()
    with greeter.running():
        publish_raw(greeter, odd, headers=headers)
        greeter.publish(a_greeting("efter"))
        eventually(lambda: greeter.received() == ["efter"])
        eventually(lambda: len(greeter.failed()) == 1)

    [parked] = greeter.failed()
    assert (parked.next_attempt_at, parked.body) == (None, odd)
    assert "its headers" in parked.reason


def test_while_the_store_takes_nothing_every_event_waits_and_none_is_given_back_or_lost(greeter: Greeter) -> None:
    refused = read_only if greeter.database.engine.dialect.name == "postgresql" else without_tables
    dead_letter = a_greeting("död").encode()
    with greeter.running():
        greeter.publish(a_greeting("före"))
        eventually(lambda: greeter.received() == ["före"] and greeter.unpublished() == 0)
        restarts, parked = consumer_restarts(), parked_ever()
        with refused(greeter):
            publish_raw(greeter, *(a_greeting(str(number)).encode() for number in range(30)), b"poison")
            publish_raw(greeter, dead_letter, exchange="", key=GREETER.dead_letter_queue)
            let_the_store_refuse(greeter)
        watched = with_own_connections(greeter)
        eventually(lambda: len(watched.received()) == 32)
        eventually(lambda: {row.body for row in watched.failed()} == {b"poison"})

    assert consumer_restarts() == restarts, "a consumer that ends gives back all that it has taken"
    assert {row.next_attempt_at for row in watched.failed()} == {None}
    watched.database.engine.dispose()
    assert parked_ever() == parked + 1, "an attempt to park that the store refused is none"


def test_what_was_taken_while_the_store_was_away_does_not_wait_for_more_to_come(
    greeter: Greeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, waited_in_vain = Connection.drain_events, []

    def drain_events(connection: Connection, **options: float) -> object:
        try:
            return usual(connection, **options)
        except TimeoutError:
            if options["timeout"] > LINGER and greeter.received():
                waits = len(greeter.failed())  # what was being handled as the tables came back is tried again later
                if len(greeter.received()) < 450 - waits:
                    waited_in_vain.append(options["timeout"])
            raise

    monkeypatch.setattr(Connection, "drain_events", drain_events)
    with greeter.running(), topology.connect(greeter.broker_url) as connection:
        with without_tables(greeter):
            greeter.publish(*(a_greeting() for _ in range(450)))
            eventually(lambda: greeter.unpublished() == 0 and topology.depth(connection, GREETER.queue) == 0)
        eventually(lambda: len(greeter.received()) == 450)

    assert waited_in_vain == []


def test_an_event_whose_handling_fails_waits_and_is_handled_when_the_cause_is_gone(greeter: Greeter) -> None:
    broken = threading.Event()
    broken.set()

    def handle(words: str) -> None:
        if words == "svår" and broken.is_set():
            raise ValueError("personal words of the event")

    greeter.on_greeting = handle
    with greeter.running():
        greeter.publish(a_greeting("svår"), a_greeting("lätt"))
        eventually(lambda: greeter.received() == ["lätt"])
        eventually(lambda: len(greeter.failed()) == 1)
        [waiting] = greeter.failed()
        broken.clear()
        eventually(lambda: greeter.received() == ["lätt", "svår"])

    assert waiting.next_attempt_at is not None
    assert waiting.reason == "ValueError", "the reason holds nothing of the event's data"
    assert greeter.failed() == []


def test_after_the_last_attempt_an_event_is_parked_until_somebody_retries_it(greeter: Greeter) -> None:
    def refuse(words: str) -> None:
        raise ValueError

    greeter.on_greeting = refuse
    event = a_greeting("envis")
    with greeter.running():
        greeter.publish(event)
        for _ in failed_events.WAITS:
            eventually(lambda: len(greeter.failed()) == 1)
            hurry(greeter)
        eventually(lambda: greeter.failed()[0].next_attempt_at is None)
        assert greeter.failed()[0].attempts == len(failed_events.WAITS) + 1

        greeter.on_greeting = lambda words: None
        with greeter.database.sessions.begin() as session:
            assert failed_events.retry_now(session, FailedEvent, Selection((str(event.id),)), now=utc_now()) == 1
        eventually(lambda: greeter.received() == ["envis"])

    assert greeter.failed() == []


def test_an_event_that_is_dropped_does_not_come_back_with_a_replay(greeter: Greeter) -> None:
    an_hour_ago = utc_now() - timedelta(hours=1)

    def refuse(words: str) -> None:
        raise ValueError

    greeter.on_greeting = refuse
    event = a_greeting("oönskad")
    with greeter.running():
        greeter.publish(event)
        eventually(lambda: len(greeter.failed()) == 1)
        with greeter.database.sessions.begin() as session:
            assert failed_events.drop(session, TABLES, Selection((str(event.id),)), now=utc_now()) == 1
        greeter.on_greeting = lambda words: None
        with greeter.database.sessions.begin() as session:
            outbox.replay(session, Outbox, since=an_hour_ago, reach=an_hour_ago)
        greeter.publish(a_greeting("sist"))
        eventually(lambda: "sist" in greeter.received())
        eventually(lambda: greeter.unpublished() == 0)

    assert greeter.received() == ["sist"]


def test_replay_publishes_again_and_what_was_handled_is_skipped(greeter: Greeter) -> None:
    an_hour_ago = utc_now() - timedelta(hours=1)
    with greeter.running():
        greeter.publish(*(a_greeting(str(number)) for number in range(50)))
        eventually(lambda: len(greeter.received()) == 50 and greeter.unpublished() == 0)
        with greeter.database.sessions.begin() as session:
            assert outbox.replay(session, Outbox, since=an_hour_ago, reach=an_hour_ago) == 50
        eventually(lambda: greeter.unpublished() == 0)
        greeter.publish(a_greeting("sist"))
        eventually(lambda: "sist" in greeter.received())

    assert len(greeter.received()) == 51


def test_a_secret_event_is_encrypted_on_the_bus_and_readable_to_those_who_have_a_key(
    greeter: Greeter,
) -> None:
    def refuse(words: str) -> None:
        raise ValueError

    greeter.on_greeting = refuse
    with greeter.running():
        greeter.publish(a_greeting("hemligt"), secret=True)
        eventually(lambda: len(greeter.failed()) == 1)
        [waiting] = greeter.failed()
        assert b"hemligt" not in waiting.body
        greeter.on_greeting = lambda words: None
        eventually(lambda: greeter.received() == ["hemligt"])


def test_a_secret_event_stays_encrypted_in_the_outbox_and_can_be_published_again(greeter: Greeter) -> None:
    an_hour_ago = utc_now() - timedelta(hours=1)
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, Outbox, utc_now)
    greeter.publish(a_greeting("hemligt"), secret=True)
    greeter.publish(a_greeting("öppet"))
    with Publisher(greeter.broker_url) as publisher:
        relay.publish_batch(publisher)
        bodies = "".join(greeter.bodies())
        assert ("hemligt" in bodies, "öppet" in bodies) == (False, True)
        with greeter.database.sessions.begin() as session:
            outbox.replay(session, Outbox, since=an_hour_ago, reach=an_hour_ago)
        empty_queue(greeter)
        relay.publish_batch(publisher)

    with greeter.running():
        eventually(lambda: sorted(greeter.received()) == ["hemligt", "öppet"])


def test_what_people_wrote_stays_encrypted_in_the_outbox_and_can_be_published_again(greeter: Greeter) -> None:
    an_hour_ago = utc_now() - timedelta(hours=1)
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, Outbox, utc_now)
    supplement = SubmissionSupplemented(uuid4(), "7K3M-9QXT-2WVC-D4TA", "felanmalan", utc_now(), "jag är sjuk")
    greeter.publish(
        a_greeting("öppet"),
        *(supplement.event(subject=uuid4(), municipality="2039", sequence=1, at=utc_now()) for _ in range(3)),
    )
    with Publisher(greeter.broker_url) as publisher:
        for _ in range(2):
            relay.publish_batch(publisher)
            assert greeter.unpublished() == 0
            bodies = greeter.bodies()
            assert ["sjuk" in body for body in bodies] == [False] * 4
            assert "öppet" in "".join(bodies)
            texts = [Event.decode(body, KEYRING).data.get("text") for body in bodies]
            assert sorted(filter(None, texts)) == ["jag är sjuk"] * 3
            with greeter.database.sessions.begin() as session:
                assert outbox.replay(session, Outbox, since=an_hour_ago, reach=an_hour_ago) == 4


def test_nothing_is_marked_as_published_before_the_broker_has_confirmed_it(greeter: Greeter) -> None:
    class Unsure(Publisher):
        def publish(self, messages: object) -> set[str]:
            raise NotConfirmed("no answer")

    greeter.publish(a_greeting())
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, TABLES.outbox, utc_now)

    with pytest.raises(NotConfirmed):
        relay.publish_batch(Unsure(greeter.broker_url))

    assert greeter.unpublished() == 1


def test_a_relay_that_cannot_publish_for_long_is_not_ready(greeter: Greeter) -> None:
    class Unconfirmed(Publisher):
        def publish(self, messages: object) -> set[str]:
            return set()

    clock = HandClock(utc_now())
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, TABLES.outbox, clock)
    greeter.publish(a_greeting())
    relay._last.at -= UNABLE_SECONDS  # so long ago

    for _ in range(2):  # as it is refused, and while it is put aside
        relay.publish_batch(Unconfirmed(greeter.broker_url))
        with pytest.raises(CannotPublish):
            relay.check()

    clock.move(seconds=5)
    with Publisher(greeter.broker_url) as publisher:
        relay.publish_batch(publisher)
    relay.check()


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_a_full_queue_holds_up_no_other_events_and_has_none_of_them_repeated(real_greeter: Greeter) -> None:
    clock = HandClock(utc_now())
    relay = Relay("greeter", real_greeter.database, real_greeter.broker_url, KEYRING, Outbox, clock)
    unconfirmed_before, repeated_before = unconfirmed_ever(), repeated_ever()
    with full_queue(real_greeter, "greeting.given.1984") as full, Publisher(real_greeter.broker_url) as publisher:
        to_full = [replace(a_greeting(), municipality="1984") for _ in range(3)]
        real_greeter.publish(*to_full[:2], a_greeting("före"), to_full[2])
        relay.publish_batch(publisher)
        real_greeter.publish(a_greeting("efter"))
        relay.publish_batch(publisher)
        assert (real_greeter.unpublished(), unconfirmed_ever() - unconfirmed_before) == (3, 3)

        clock.move(seconds=1)
        relay.publish_batch(publisher)
        clock.move(seconds=1)
        relay.publish_batch(publisher)
        assert unconfirmed_ever() - unconfirmed_before == 6, "the second time they wait longer"

        make_room(real_greeter, full)
        clock.move(seconds=4)
        relay.publish_batch(publisher)
        assert real_greeter.unpublished() == 0

    with real_greeter.running():
        eventually(lambda: len(real_greeter.received()) == 5)
    assert repeated_ever() - repeated_before == 6, "those that were refused twice, and no other"


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_a_queue_that_stays_full_costs_no_more_than_few_messages_in_vain_each_time(real_greeter: Greeter) -> None:
    clock = HandClock(utc_now())
    relay = Relay("greeter", real_greeter.database, real_greeter.broker_url, KEYRING, Outbox, clock)
    with full_queue(real_greeter, "greeting.given.1984"), Publisher(real_greeter.broker_url) as publisher:
        real_greeter.publish(*(replace(a_greeting(), municipality="1984") for _ in range(600)))
        assert relay.publish_batch(publisher), "more may be waiting"
        relay.publish_batch(publisher)
        unconfirmed_before = unconfirmed_ever()
        clock.move(minutes=2)

        assert not relay.publish_batch(publisher), "nothing is to be tried again at once"

    assert unconfirmed_ever() - unconfirmed_before == RETRIED_AT_ONCE


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_what_was_not_confirmed_waits_though_the_relay_is_replaced(real_greeter: Greeter) -> None:
    clock = HandClock(utc_now())
    with full_queue(real_greeter, "greeting.given.1984"), Publisher(real_greeter.broker_url) as publisher:
        real_greeter.publish(replace(a_greeting(), municipality="1984"))
        for seconds in (0, 1, 4, 1):  # it waits a second after the first attempt, and five after the second
            clock.move(seconds=seconds)
            unconfirmed_before = unconfirmed_ever()
            Relay("greeter", real_greeter.database, real_greeter.broker_url, KEYRING, Outbox, clock).publish_batch(
                publisher
            )
            assert unconfirmed_ever() - unconfirmed_before == (seconds != 4)


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_while_the_broker_takes_nothing_the_relay_takes_nothing_from_the_outbox(real_greeter: Greeter) -> None:
    relay = Relay("greeter", real_greeter.database, real_greeter.broker_url, KEYRING, Outbox, utc_now)
    real_greeter.publish(a_greeting())
    with Publisher(real_greeter.broker_url) as publisher:
        broker: Any = publisher._connection.connection  # what the broker's notice reaches
        broker._on_blocked()
        with statements(real_greeter) as run:
            relay.publish_batch(publisher)
        assert (run, real_greeter.unpublished()) == ([], 1)

        broker._on_unblocked()
        relay.publish_batch(publisher)
        assert real_greeter.unpublished() == 0


def test_the_relay_has_one_text_for_each_of_its_statements_whatever_the_size_of_a_batch(greeter: Greeter) -> None:
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, Outbox, utc_now)
    with Publisher(greeter.broker_url) as publisher, statements(greeter) as run:
        for size in (1, 2, 30):
            greeter.publish(*(a_greeting() for _ in range(size)))
            relay.publish_batch(publisher)

    of_relay = [statement for statement in run if not statement.startswith(("BEGIN", "INSERT"))]
    assert [statement.split()[0] for statement in of_relay] == ["WITH", "UPDATE"] * 3
    assert len(set(of_relay)) == 2


def test_the_relay_notes_now_and_then_that_it_could_publish_and_costs_one_statement_else(greeter: Greeter) -> None:
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, Outbox, utc_now)
    with Publisher(greeter.broker_url) as publisher, statements(greeter) as run:
        relay.publish_batch(publisher)
        relay._last.at -= UNABLE_SECONDS  # so long ago
        relay.publish_batch(publisher)
        relay.check()

    own = [statement.split()[0] for statement in run if not statement.startswith("BEGIN")]
    assert own == ["WITH", "WITH", "SELECT"]


def test_it_is_measured_how_much_waits_for_another_system(greeter: Greeter) -> None:
    queue = topology.handling_queue("lampor.2039")
    greeter.handling_queues = ("lampor.2039",)
    with topology.connect(greeter.broker_url) as connection:
        topology.declare_handling(connection, greeter.handling_queues)
        for _ in range(2):
            publish_raw(greeter, b"{}", exchange=topology.HANDLING_EXCHANGE, key="lampor.2039")
        eventually(lambda: topology.depth(connection, queue) == 2)

        with greeter.running():
            eventually(lambda: waiting_in(queue) == 2)
        connection.default_channel.queue_delete(queue)


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_an_event_that_no_queue_is_bound_to_is_caught(real_greeter: Greeter) -> None:
    with Publisher(real_greeter.broker_url) as publisher:
        publisher.publish([Outgoing(topology.EVENTS_EXCHANGE, "nobody.subscribes.2039", "1", b"{}")])

    with topology.connect(real_greeter.broker_url) as connection:
        eventually(lambda: topology.depth(connection, topology.UNROUTED) == 1)


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_an_event_that_was_given_back_too_often_for_its_neighbours_is_handled(real_greeter: Greeter) -> None:
    innocent = a_greeting("oskyldig")
    with topology.connect(real_greeter.broker_url) as connection:
        publish_raw(real_greeter, innocent.encode())
        returns = 0
        while returns < 100 and (message := next_message(connection)):
            message.requeue()
            returns += 1

    with real_greeter.running():
        eventually(lambda: real_greeter.received() == ["oskyldig"])

    assert returns == topology.DELIVERY_LIMIT + 1
    assert real_greeter.failed() == []


@pytest.mark.postgres
@pytest.mark.rabbitmq
@pytest.mark.parametrize("came", ["at once", "late", "as a dead letter"])
def test_an_event_that_kills_its_process_is_parked_after_few_deaths_and_its_neighbours_are_handled_once(
    real_greeter: Greeter, came: str
) -> None:
    fatal = a_greeting(FATAL)
    neighbours = [f"hej {number}" for number in range(200)]
    greetings = [*map(a_greeting, neighbours[:50]), fatal, *map(a_greeting, neighbours[50:])]
    publish_as_they_come(real_greeter, greetings, came)
    deaths = 0
    process = a_greeter_process(real_greeter)
    while not [row for row in real_greeter.failed() if row.next_attempt_at is None]:
        process.join(0.02)
        if not process.is_alive():
            deaths += 1
            process = a_greeter_process(real_greeter)
    eventually(lambda: len(real_greeter.received()) >= len(neighbours))

    assert process.is_alive()
    process.kill()
    process.join()
    assert sorted(real_greeter.received()) == sorted(neighbours)
    [parked] = real_greeter.failed()
    assert (parked.event_id, parked.reason) == (str(fatal.id), failed_events.PROCESS_ENDED)
    assert deaths <= failed_events.MOST_CRASHES + 1


def publish_as_they_come(greeter: Greeter, events: Sequence[Event], came: str) -> None:
    """To the greeter's queue, or as the broker puts them in the other."""
    bodies = [event.encode() for event in events]
    if came == "at once":
        publish_raw(greeter, *bodies)
        return
    headers = {"x-first-death-reason": "expired" if came == "late" else "delivery_limit"}
    publish_raw(greeter, *bodies, exchange="", key=GREETER.dead_letter_queue, headers=headers)


def test_what_comes_now_waits_for_no_backlog_and_each_of_the_backlog_is_handled_once(
    greeter: Greeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[bytes] = []
    monkeypatch.setattr(failed_events, "set_aside", lambda _, bodies: given_back.extend(bodies))
    backlog = [f"gammal {number}" for number in range(1000)]
    make_late(greeter, backlog)

    with Publisher(greeter.broker_url) as publisher:
        greeter.on_greeting = lambda words: publish_now(publisher, "ny", words == backlog[0])
        with greeter.running():
            eventually(lambda: given_back or len(greeter.received()) > len(backlog))
            time.sleep(0.3)

    received = greeter.received()
    assert given_back == [], "what is merely late is handled as the others are"
    assert received.index("ny") <= 5 * consumer.BATCH
    assert sorted(received) == sorted([*backlog, "ny"])


def test_a_backlog_is_handled_though_more_comes_all_the_time(greeter: Greeter) -> None:
    backlog, others = [f"gammal {number}" for number in range(3 * consumer.BATCH)], 6 * consumer.BATCH
    make_late(greeter, backlog)
    came = 0

    with Publisher(greeter.broker_url) as publisher:

        def keep_coming(words: str) -> None:
            nonlocal came
            more = min(2 * consumer.BATCH if words == backlog[0] else words == "ny", others - came)
            publish_now(publisher, "ny", more)
            came += more

        greeter.on_greeting = keep_coming
        with greeter.running():
            eventually(lambda: len(greeter.received()) == len(backlog) + others)

    received = greeter.received()
    assert received.index(backlog[-1]) <= len(backlog) + 4 * consumer.BATCH


def make_late(greeter: Greeter, words: list[str]) -> None:
    """Publish the greetings, and have the broker put them all among what is late.

    What comes afterwards is not late, however slow the machine is: the queue is declared anew.
    """
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, Outbox, utc_now)
    greeter.publish(*map(a_greeting, words))
    with Publisher(greeter.broker_url) as publisher, topology.connect(greeter.broker_url) as connection:
        declare_anew(connection, replace(GREETER, late_after=1))
        while relay.publish_batch(publisher):
            pass
        eventually(lambda: topology.depth(connection, GREETER.dead_letter_queue) == len(words))
        declare_anew(connection, GREETER)


def declare_anew(connection: Connection, subscription: topology.Subscription) -> None:
    """Its queue is then empty, and what is late as it was."""
    connection.default_channel.queue_delete(subscription.queue)
    topology.declare(connection, subscription)


def publish_now(publisher: Publisher, words: str, times: int) -> None:
    """Publish greetings; the broker has them when it returns."""
    if times:
        events = [a_greeting(words) for _ in range(times)]
        publisher.publish(
            [Outgoing(topology.EVENTS_EXCHANGE, each.routing_key, str(each.id), each.encode()) for each in events]
        )


def a_greeter_process(greeter: Greeter) -> BaseProcess:
    store = greeter.database.engine.url.render_as_string(hide_password=False)
    process = FORKS.Process(target=greeter_process.run, args=(store, greeter.broker_url))
    process.start()
    return process


@pytest.mark.parametrize("words", ["one", "all"])
def test_while_the_store_does_not_let_an_event_be_handled_no_attempt_is_counted(greeter: Greeter, words: str) -> None:
    locked = threading.Event()
    locked.set()

    def handle(greeting: str) -> None:
        if locked.is_set() and (words == "all" or greeting == "svår"):
            raise OperationalError("SELECT 1", {}, Exception("the database is locked"))

    greeter.on_greeting = handle
    with greeter.running():
        greeter.publish(a_greeting("svår"), a_greeting("lätt"))
        eventually(lambda: len(greeter.failed()) == (2 if words == "all" else 1))
        for _ in range(len(failed_events.WAITS) + 2):
            make_due(greeter)
            eventually(lambda: all(row.next_attempt_at > utc_now() for row in greeter.failed()))
        assert {(row.attempts, row.reason) for row in greeter.failed()} == {(0, "OperationalError")}
        locked.clear()
        make_due(greeter)
        eventually(lambda: sorted(greeter.received()) == ["lätt", "svår"])

    assert greeter.failed() == []


def test_of_events_that_each_wait_for_a_lock_a_worker_that_is_stopped_begins_no_other(
    greeter: Greeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "STORE_WAITS", (0.01,))  # of all together there is one try
    stop, tried = threading.Event(), []

    def handle(words: str) -> None:
        tried.append(words)
        if len(tried) == 2:
            stop.set()
        raise OperationalError("SELECT 1", {}, Exception("the row is locked"))

    greeter.on_greeting = handle
    [consuming] = [loop for loop in greeter.loops() if isinstance(loop, consumer.EventConsumer)]
    with topology.connect(greeter.broker_url) as connection:
        topology.declare(connection, GREETER)
    publish_raw(greeter, *(a_greeting(str(number)).encode() for number in range(4)))

    consuming.run(stop)

    assert len(tried) == 2, "all together, then the first alone"


def test_what_was_taken_when_a_worker_is_stopped_is_handled_and_not_given_back(
    greeter: Greeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[bytes] = []
    stop = threading.Event()

    def set_aside(_: object, bodies: list[bytes]) -> None:
        given_back.extend(bodies)
        stop.set()

    monkeypatch.setattr(failed_events, "set_aside", set_aside)
    greeter.on_greeting = lambda words: stop.set()
    [consuming] = [loop for loop in greeter.loops() if isinstance(loop, consumer.EventConsumer)]
    with topology.connect(greeter.broker_url) as connection:
        topology.declare(connection, GREETER)
    greeter.publish(*(a_greeting(str(number)) for number in range(300)))
    relay = Relay("greeter", greeter.database, greeter.broker_url, KEYRING, TABLES.outbox, utc_now)
    with Publisher(greeter.broker_url) as publisher:
        relay.publish_batch(publisher)

    while len(greeter.received()) + len(given_back) < 300:
        stop.clear()
        consuming.run(stop)

    assert given_back == []


def test_a_worker_that_is_stopped_begins_no_other_retry(greeter: Greeter) -> None:
    stop, tried = threading.Event(), []
    later = replace(greeter.processor(), clock=lambda: utc_now() + timedelta(seconds=10))
    for number in range(3):
        failed_events.keep(later, a_greeting(str(number)).encode(), OperationalError("", {}, Exception()))
    make_due(greeter)

    def handle(words: str) -> None:
        tried.append(words)
        stop.set()

    greeter.on_greeting = handle
    failed_events.retry_due(greeter.processor(), KEYRING, stop)

    assert len(tried) == 1


def test_a_worker_that_outlives_an_outage_has_not_died_of_the_event_that_it_tried(
    greeter: Greeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock(utc_now())
    greeter.on_greeting = unavailable
    workers = [replace(greeter.processor(), worker=uuid4(), clock=clock) for _ in range(2)]
    failed_events.keep(workers[0], a_greeting().encode(), ValueError())

    for number in range(2 * failed_events.MOST_CRASHES):
        clock.move(seconds=120)
        with monkeypatch.context() as away, pytest.raises(OperationalError):
            away.setattr(failed_events, "_fail", unavailable)
            failed_events.retry_due(workers[number % 2], KEYRING)
        failed_events.retry_due(workers[number % 2], KEYRING)

    [row] = greeter.failed()
    assert (row.attempts, row.crashes, row.begun_by) == (1, 0, None)
    assert row.next_attempt_at is not None


def test_an_attempt_that_fails_is_no_death_and_ends_the_count_of_them(greeter: Greeter) -> None:
    clock = HandClock(utc_now())
    processor = replace(greeter.processor(), clock=clock)
    failed_events.keep(processor, a_greeting().encode(), ValueError())
    with greeter.database.sessions.begin() as session:
        session.execute(update(FailedEvent).values(begun_by=uuid4(), crashes=1))
    clock.move(seconds=120)
    greeter.on_greeting = unavailable

    failed_events.retry_due(processor, KEYRING)

    [row] = greeter.failed()
    assert (row.crashes, row.begun_by) == (0, None)


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_an_event_whose_own_statement_takes_too_long_is_not_tried_for_ever(real_greeter: Greeter) -> None:
    error = DBAPIError.instance("SELECT 1", {}, QueryCanceled(), psycopg.Error)
    assert is_outage(error), "of many events at once it is the store's"

    failed_events.keep(real_greeter.processor(), a_greeting().encode(), error)

    [row] = real_greeter.failed()
    assert row.attempts == 1


def unavailable(*_: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception("the database is away"))


def test_a_store_that_is_away_for_long_costs_each_event_one_return(
    greeter: Greeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "HOLD_SECONDS", 0.5)
    given_back = greeter.broker_url != "memory://"
    with greeter.running():
        restarts = consumer_restarts()
        with without_tables(greeter):
            greeter.publish(*(a_greeting(str(number)) for number in range(300)))
            eventually(lambda: consumer_restarts() == restarts + given_back)
            let_the_store_refuse(greeter)
        eventually(lambda: len(greeter.received()) == 300)

    assert consumer_restarts() == restarts + given_back, "the bus in memory gives nothing again"
    assert greeter.failed() == []


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_what_waits_for_a_person_or_another_system_is_never_dropped_for_being_given_back(
    real_greeter: Greeter,
) -> None:
    with topology.connect(real_greeter.broker_url) as connection:
        topology.declare_handling(connection, ["lampor.2039"])
        for queue in (GREETER.dead_letter_queue, topology.UNROUTED, topology.handling_queue("lampor.2039")):
            with pytest.raises(PreconditionFailed, match="x-delivery-limit"):
                connection.channel().queue_declare(
                    queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"}
                )
        connection.default_channel.queue_delete(topology.handling_queue("lampor.2039"))


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_two_workers_that_found_the_same_event_due_try_it_once(real_greeter: Greeter) -> None:
    processor = real_greeter.processor()
    for words in ("första", "andra"):
        failed_events.keep(processor, a_greeting(words).encode(), ValueError())
    later, another = (
        replace(real_greeter.processor(), worker=uuid4(), clock=lambda: utc_now() + timedelta(seconds=10))
        for _ in range(2)
    )
    tried: list[str] = []

    def handle(words: str) -> None:
        tried.append(words)
        if tried == ["första"]:
            failed_events.retry_due(another, KEYRING)  # which passes over the one that is under way
        raise ValueError

    real_greeter.on_greeting = handle
    failed_events.retry_due(later, KEYRING)

    assert tried == ["första", "andra"]


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_two_relays_and_two_consumers_share_the_work(real_greeter: Greeter) -> None:
    with real_greeter.running(), real_greeter.running():
        for _ in range(10):
            real_greeter.publish(*(a_greeting("hej") for _ in range(100)))
        eventually(lambda: len(real_greeter.received()) >= 1000)
        time.sleep(0.3)

    assert len(real_greeter.received()) == 1000


def with_own_connections(greeter: Greeter) -> Greeter:
    """The same, for the test to look at: the server has just closed the connections that the greeter works with."""
    url = greeter.database.engine.url.render_as_string(hide_password=False)
    return replace(greeter, database=connect(url))


@contextmanager
def read_only(greeter: Greeter) -> Iterator[None]:
    """The store as it is after a failover to a standby, or with a full disk."""
    _set_read_only(greeter, "on")
    try:
        yield
    finally:
        _set_read_only(greeter, "off")


def _set_read_only(greeter: Greeter, value: str) -> None:
    url, name = greeter.database.engine.url, greeter.database.engine.url.database
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = {value}"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
        )
    server.dispose()


@contextmanager
def without_tables(greeter: Greeter) -> Iterator[None]:
    """The store with neither inbox nor a table for failed events."""
    tables = ("failed_events", "inbox")  # what is received is a sign that both are back
    for old, new in [(name, f"{name}_away") for name in tables]:
        _rename(greeter, old, new)
    try:
        yield
    finally:
        for old, new in [(f"{name}_away", name) for name in tables]:
            _rename(greeter, old, new)


def let_the_store_refuse(greeter: Greeter) -> None:
    """Wait until the store has refused what the consumer brings more often than it tries all together."""
    errors: list[object] = []

    def note(context: ExceptionContext) -> None:
        if "inbox" in (context.statement or ""):
            errors.append(context.original_exception)

    engine_event.listen(greeter.database.engine, "handle_error", note)
    eventually(lambda: len(errors) > 2 * len(consumer.STORE_WAITS))
    engine_event.remove(greeter.database.engine, "handle_error", note)


def _rename(greeter: Greeter, old: str, new: str) -> None:
    with greeter.database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def empty_queue(greeter: Greeter) -> None:
    """What was published is gone: the broker was lost, say."""
    with topology.connect(greeter.broker_url) as connection:
        connection.default_channel.queue_purge(GREETER.queue)


@contextmanager
def full_queue(greeter: Greeter, key: str) -> Iterator[str]:
    """A queue of another subscriber's that is bound to the key and takes no more."""
    name = "arende.full"
    limits = {"x-max-length": 1, "x-overflow": "reject-publish"}
    with topology.connect(greeter.broker_url) as connection:
        channel = connection.default_channel
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=limits)
        publish_raw(greeter, b"{}", exchange="", key=name)
        eventually(lambda: topology.depth(connection, name) == 1)
        channel.queue_bind(name, topology.EVENTS_EXCHANGE, key)
        try:
            yield name
        finally:
            channel.queue_delete(name)


def make_room(greeter: Greeter, queue: str) -> None:
    """The subscriber is at work again: the queue is bound no longer, and its events go to others only."""
    with topology.connect(greeter.broker_url) as connection:
        connection.default_channel.queue_unbind(queue, topology.EVENTS_EXCHANGE, "greeting.given.1984")


@contextmanager
def statements(greeter: Greeter) -> Iterator[list[str]]:
    """The statements that the greeter's store is sent meanwhile."""
    run: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        run.append(statement)

    engine_event.listen(greeter.database.engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        engine_event.remove(greeter.database.engine, "before_cursor_execute", note)


def repeated_ever() -> float:
    return REGISTRY.get_sample_value("bus_events_repeated_total", {"service": "greeter"}) or 0


def unconfirmed_ever() -> float:
    return REGISTRY.get_sample_value("bus_events_unconfirmed_total", {"service": "greeter"}) or 0


def waiting_in(queue: str) -> float | None:
    return REGISTRY.get_sample_value("bus_queue_messages", {"queue": queue})


def consumer_restarts() -> float:
    return REGISTRY.get_sample_value("worker_loop_restarts_total", {"loop": "greeter-consumer"}) or 0


def parked_ever() -> float:
    return REGISTRY.get_sample_value("bus_events_parked_total", {"service": "greeter"}) or 0


def next_message(connection: object) -> object:
    until = time.monotonic() + 2
    channel = connection.default_channel  # type: ignore[attr-defined]
    while time.monotonic() < until:
        raw = channel.basic_get(GREETER.queue)
        if raw:
            return channel.message_to_python(raw)
        time.sleep(0.02)
    return None


def make_due(greeter: Greeter) -> None:
    with greeter.database.sessions.begin() as session:
        session.execute(update(FailedEvent).values(next_attempt_at=utc_now()))


def hurry(greeter: Greeter) -> None:
    """Make the failed events due now, and wait for the attempt."""
    [row] = greeter.failed()
    with greeter.database.sessions.begin() as session:
        session.execute(
            update(FailedEvent).where(FailedEvent.next_attempt_at.is_not(None)).values(next_attempt_at=utc_now())
        )
    eventually(lambda: greeter.failed()[0].attempts > row.attempts)
