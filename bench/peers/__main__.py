"""`python -m bench.peers`: our relay and consumer beside Celery, FastStream and nameko, in interleaved rounds.

The environments of the peers are made in the machine's folder of temporary files when they are lacking (that needs the
package registry).
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import uuid4

import psycopg
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from bench import scratch
from bench.figures import Figure, load, table
from bench.peers import work
from services.routing import models as routing
from shared.bus import outbox
from shared.bus.consumer import EventConsumer
from shared.bus.event_processor import EventHandler, EventProcessor, OpenedEvent, Tables
from shared.bus.publisher import Publisher
from shared.bus.relay import Relay
from shared.bus.topology import INTAKE
from shared.clock import utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring
from shared.events.notify import NotificationSkipped

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = Path(tempfile.gettempdir()) / "arende-bench-peers"
COUNT = 2_000
ROUNDS = 3
GOAL = 5.0
GIVE_UP_SECONDS = 120
KEYRING = Keyring(("A" * 43 + "=",))
TABLES = Tables(routing.Outbox, routing.Inbox, routing.FailedEvent)


@dataclass(frozen=True)
class Peer:
    """A peer: what is installed for it, and how its worker is started."""

    name: str
    packages: tuple[str, ...]
    worker: tuple[str, ...]


PEERS = (
    Peer(
        "celery",
        ("celery==5.7.0", "psycopg[binary]==3.3.9"),
        ("celery", "-A", "bench.peers.with_celery", "worker", "--pool=solo", "--loglevel=ERROR"),
    ),
    Peer(
        "faststream",
        ("faststream[rabbit,cli]==0.7.8", "psycopg[binary]==3.3.9"),
        ("faststream", "run", "bench.peers.with_faststream:app"),
    ),
    Peer(
        "nameko",
        ("nameko==2.14.1", "psycopg[binary]==3.3.9"),
        ("nameko", "run", "--config", "bench/peers/nameko.yaml", "bench.peers.with_nameko"),
    ),
)


def compare() -> list[Figure]:
    """Events a second, published and consumed; ours as a ratio of each peer's."""
    found: dict[str, list[tuple[float, float]]] = {}
    with ExitStack() as stack:
        broker = stack.enter_context(scratch.patient_broker())
        for _ in range(ROUNDS):
            found.setdefault("ours", []).append(_ours(broker))
            for peer in PEERS:
                found.setdefault(peer.name, []).append(_of_peer(peer, broker))
    medians = {name: tuple(map(median, zip(*rounds, strict=True))) for name, rounds in found.items()}
    return [
        Figure(what, medians["ours"][position], "events/s", peer.name, medians[peer.name][position], wanted=GOAL)
        for position, what in enumerate(("published", "consumed, a row inserted and committed for each"))
        for peer in PEERS
    ]


def _of_peer(peer: Peer, broker: str) -> tuple[float, float]:
    programs = _installed(peer)
    with _rows_table() as database:
        environ = {
            **os.environ,
            "PEER_BROKER": broker,
            "PEER_DATABASE": database,
            "PYTHONPATH": str(ROOT),
        }
        publish = [str(programs / "python"), "-m", f"bench.peers.with_{peer.name}", str(COUNT)]
        published = subprocess.run(publish, cwd=ROOT, env=environ, check=True, capture_output=True, text=True)
        worker = subprocess.Popen(
            [programs / peer.worker[0], *peer.worker[1:]],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return COUNT / float(published.stdout), _rate(database)
        finally:
            worker.kill()
            worker.wait()


def _ours(broker: str) -> tuple[float, float]:
    """An event is a row of the outbox before it is published, and one of the inbox as well as of `rows` after."""
    with scratch.database("routing") as url:
        store = connect(url)
        with store.engine.begin() as connection:
            connection.execute(text(work.TABLE))
        _record(store.engine)
        relay = Relay("bench", store, broker, KEYRING, routing.Outbox, utc_now)
        with Publisher(broker) as publisher:
            began = time.perf_counter()
            while relay.publish_batch(publisher):
                pass
            published = COUNT / (time.perf_counter() - began)
        return published, _consumed(store, broker, url.replace("+psycopg", ""))


def _record(engine: Engine) -> None:
    at = datetime.now(UTC)
    events = (
        NotificationSkipped(uuid4(), uuid4(), "receipt", at, work.BODY).event(
            subject=uuid4(), municipality="2039", sequence=0, at=at
        )
        for _ in range(COUNT)
    )
    with engine.begin() as connection:
        connection.execute(insert(routing.Outbox), [outbox.row(event) for event in events])


def _consumed(store: Database, broker: str, url: str) -> float:
    def handle(session: Session, opened: Sequence[OpenedEvent[NotificationSkipped]]) -> None:
        rows = [{"id": each.event.id, "body": each.payload.cause} for each in opened]
        session.connection().execute(text("INSERT INTO rows (id, body) VALUES (:id, :body)"), rows)

    handlers = (EventHandler((NotificationSkipped,), handle),)
    processor = EventProcessor("bench", store.sessions, TABLES, handlers, utc_now)
    stop = threading.Event()
    ours = EventConsumer(processor, broker, KEYRING, scratch.patient(INTAKE))
    consumer = threading.Thread(target=ours.run, args=(stop,))
    consumer.start()
    try:
        return _rate(url)
    finally:
        stop.set()
        consumer.join()
        store.engine.dispose()


def _rate(database: str) -> float:
    """Rows a second, from the first to the last."""
    give_up_at = time.monotonic() + GIVE_UP_SECONDS
    with psycopg.connect(database, autocommit=True) as connection:
        while time.monotonic() < give_up_at:
            row = connection.execute("SELECT count(*), extract(epoch FROM max(at) - min(at)) FROM rows").fetchone()
            if row and row[0] >= COUNT:
                return COUNT / float(row[1])
            time.sleep(0.2)
    raise TimeoutError("the worker did not take all of the events")


@contextmanager
def _rows_table() -> Iterator[str]:
    with scratch.database() as url:
        plain = url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(work.TABLE)
        yield plain


def _installed(peer: Peer) -> Path:
    """The folder of its programs."""
    environment = ENVIRONMENTS / peer.name
    if not (environment / "installed").exists():
        outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run([sys.executable, "-m", "venv", environment], check=True, env=outside)
        subprocess.run([environment / "bin" / "pip", "install", "--quiet", *peer.packages], check=True, env=outside)
        (environment / "installed").touch()
    return environment / "bin"


if __name__ == "__main__":
    print(table(compare()))
    print(load())
