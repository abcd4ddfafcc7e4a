"""The bus: events a second through relay and consumer, against kombu alone with the same events on the same queues."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench import plain, scratch, webs
from bench.figures import Figure
from services.intake import models as intake
from services.routing import models as routing
from services.routing.organisation import loader
from services.routing.registration.handlers import handlers as registration_handlers
from services.routing.rules.versions import adopt
from shared.bus.consumer import EventConsumer
from shared.bus.event_processor import EventHandler, EventProcessor, OpenedEvent, Tables
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.relay import Relay
from shared.bus.topology import NOTIFY, ROUTING, connect, declare
from shared.clock import utc_now
from shared.database import Database
from shared.database import connect as open_store
from shared.events.encryption import Keyring
from shared.events.intake import SubmissionReceived
from shared.garbage import look_seldom_for_garbage

ROUNDS = 3
KEYRING = Keyring((webs.EVENT_KEY,))
MUNICIPALITIES = Path(__file__).parents[1] / "municipalities"
ESERVICES = Path(__file__).parents[1] / "eservices"

Submissions = Sequence[OpenedEvent[SubmissionReceived]]
Handle = Callable[[Session, Submissions], None]


@dataclass(frozen=True)
class Bench:
    """The events of an outbox, a broker, and how many seconds each way took with them in each round."""

    outbox: Database
    broker_url: str
    messages: list[Outgoing]
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def time(self, what: str, seconds: float) -> None:
        """Keep what a round took."""
        self.seconds.setdefault(what, []).append(seconds)

    def per_second(self, what: str) -> float:
        """Events a second, the median round's."""
        return len(self.messages) / median(self.seconds[what])


def measure(outbox_url: str, broker_url: str, most: int) -> list[Figure]:
    """Publish and consume the events that intake's outbox holds, at most so many, in interleaved rounds.

    The broker is a patient one. Garbage is looked for as seldom as in a worker.
    """
    look_seldom_for_garbage()
    outbox = open_store(outbox_url)
    bench = Bench(outbox, broker_url, _events(outbox, most))
    for _ in range(ROUNDS):
        _publishing(bench)
        _consuming(bench)
    plainly, relayed = bench.per_second("plain publish"), bench.per_second("relay")
    taken = bench.per_second("plain consume")
    kombu = "kombu alone"
    return [
        Figure("relay", relayed, "events/s", kombu, plainly, wanted=0.6),
        Figure("consumer, empty handler", bench.per_second("empty handler"), "events/s", kombu, taken, wanted=0.4),
        Figure(
            "consumer, a case registered for each",
            bench.per_second("registering"),
            "events/s",
            kombu,
            taken,
            wanted=0.1,
        ),
    ]


def _events(outbox: Database, most: int) -> list[Outgoing]:
    """What is in the outbox; what is not wanted of it counts as published."""
    table = intake.Outbox
    with outbox.sessions.begin() as session:
        rows = session.scalars(select(table).order_by(table.id).limit(most)).all()
        session.execute(update(table).where(table.id > rows[-1].id).values(published_at=utc_now()))
        return [Outgoing(row.exchange, row.routing_key, str(row.event_id), row.body.encode()) for row in rows]


def _publishing(bench: Bench) -> None:
    _empty_queues(bench.broker_url)
    bench.time("plain publish", plain.publish(bench.broker_url, bench.messages))
    _empty_queues(bench.broker_url)
    bench.time("relay", _relayed(bench))


def _consuming(bench: Bench) -> None:
    """The queue is as the round's relay left it; what is taken is published again for the next way."""
    bench.time("plain consume", plain.consume(bench.broker_url, ROUTING.queue, len(bench.messages)))
    for what, prepare in {"empty handler": _empty_handler, "registering": _registering}.items():
        _empty_queues(bench.broker_url)
        plain.publish(bench.broker_url, bench.messages)
        with scratch.database("routing") as url:
            store = open_store(url)
            bench.time(what, _consumed(bench, store, prepare(store)))
            store.engine.dispose()


def _relayed(bench: Bench) -> float:
    ours = [message.message_id for message in bench.messages]
    with bench.outbox.sessions.begin() as session:
        session.execute(update(intake.Outbox).where(intake.Outbox.event_id.in_(ours)).values(published_at=None))
    relay = Relay("bench", bench.outbox, bench.broker_url, KEYRING, intake.Outbox, utc_now)
    with Publisher(bench.broker_url) as publisher:
        began = perf_counter()
        while relay.publish_batch(publisher):
            pass
        return perf_counter() - began


def _consumed(bench: Bench, store: Database, handle: Handle) -> float:
    left, stop = len(bench.messages), threading.Event()

    def counting(session: Session, opened: Submissions) -> None:
        nonlocal left
        handle(session, opened)
        left -= len(opened)
        if left == 0:
            stop.set()

    tables = Tables(routing.Outbox, routing.Inbox, routing.FailedEvent)
    processor = EventProcessor(
        "bench", store.sessions, tables, (EventHandler((SubmissionReceived,), counting),), utc_now
    )
    began = perf_counter()
    EventConsumer(processor, bench.broker_url, KEYRING, scratch.patient(ROUTING)).run(stop)
    return perf_counter() - began


def _empty_handler(_: Database) -> Handle:
    return lambda session, opened: None


def _registering(store: Database) -> Handle:
    read = loader.load(MUNICIPALITIES, ESERVICES)
    adopted = {code: adopt(each, sessions=store.sessions, now=utc_now()) for code, each in read.items()}
    [handler] = registration_handlers(lambda: adopted, utc_now)
    return handler.handle


def _empty_queues(broker_url: str) -> None:
    with connect(broker_url) as connection:
        declare(connection)
        for subscription in (ROUTING, NOTIFY):
            connection.default_channel.queue_purge(subscription.queue)
