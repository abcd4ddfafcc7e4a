"""`make soak MINUTES=10`: disruptions at random while submissions flow, and a ledger that must come out even.

It is not a test: it runs for as long as told, against a production installation of its own on this machine's servers.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench import scratch
from bench.installation import Installation, Process, production
from services.operations.registry import SERVICES
from shared.bus import topology
from tests.system import ledger
from tests.system.flow import Flow

CALM_SECONDS = (1.0, 6.0)  # between two disruptions
FROZEN_SECONDS = 5.0
LOCKED_SECONDS = 4.0
SETTLE_SECONDS = 300.0

Disruption = Callable[[], None]


@dataclass(frozen=True)
class Line:
    """One line of the ledger; it is even when what was found is what was expected."""

    what: str
    expected: int
    found: int

    @property
    def even(self) -> bool:
        """Whether it is."""
        return self.expected == self.found


@dataclass(frozen=True)
class Disruptions:
    """What may happen to an installation, by name."""

    installation: Installation
    chance: random.Random

    def all(self) -> dict[str, Disruption]:
        """The disruptions."""
        return {
            "a process is killed": self.kill,
            "a process is asked to stop": self.stop,
            "a process is frozen for seconds": self.freeze,
            "a store's connections are cut": self.cut_store,
            "the broker's connections are cut": self.cut_broker,
            "a store's tables are locked for seconds": self.lock_tables,
            "garbage is published": self.publish_garbage,
        }

    def kill(self) -> None:
        """kill -9, then a start."""
        process = self._process()
        process.kill()
        process.start()

    def stop(self) -> None:
        """SIGTERM, then a start."""
        process = self._process()
        process.stop()
        process.start()

    def freeze(self) -> None:
        """SIGSTOP, and SIGCONT after some seconds."""
        process = self._process()
        process.send(signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        process.send(signal.SIGCONT)

    def cut_store(self) -> None:
        """PostgreSQL ends all connections of one service."""
        with self._store() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def cut_broker(self) -> None:
        """RabbitMQ closes all connections."""
        host = urlsplit(self.installation.environ["ARENDE_BROKER_URL"]).path[1:]
        subprocess.run(
            ["rabbitmqctl", "--quiet", "close_all_connections", "--vhost", host, "soak"],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def lock_tables(self) -> None:
        """Somebody's long transaction holds a service's outbox and inbox."""
        with self._store(autocommit=False) as connection:
            connection.execute("LOCK TABLE outbox, inbox IN ACCESS EXCLUSIVE MODE")
            time.sleep(LOCKED_SECONDS)
            connection.rollback()

    def publish_garbage(self) -> None:
        """Messages that are no events come to every service."""
        with topology.connect(self.installation.environ["ARENDE_BROKER_URL"]) as connection:
            producer = connection.Producer()
            for subscription in topology.SUBSCRIPTIONS:
                producer.publish(self.chance.randbytes(200), routing_key=subscription.queue, exchange="")

    def _process(self) -> Process:
        """One of ours; never the OpenID provider."""
        ours = [each for name, each in self.installation.processes.items() if name.partition("-")[0] in SERVICES]
        return self.chance.choice(ours)

    @contextmanager
    def _store(self, *, autocommit: bool = True) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        url = self.installation.environ[f"{self.chance.choice(SERVICES).upper()}_DATABASE_URL"]
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=autocommit) as connection:
            yield connection


def soak(minutes: float, seed: int) -> bool:
    """Whether the ledger came out even; it and what happened are printed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = {service: stack.enter_context(scratch.database()) for service in SERVICES}
        installation = stack.enter_context(production(folder, databases, stack.enter_context(scratch.broker())))
        with Flow(installation) as flow:
            happened = _disrupt(Disruptions(installation, random.Random(seed)), minutes)
        lines = _settled(installation, flow, garbage=happened["garbage is published"])
    for what, times in sorted(happened.items()):
        print(f"{times:6}  {what}")
    for line in lines:
        print(f"{line.what:40} expected {line.expected:6}  found {line.found:6}  {'even' if line.even else 'NOT EVEN'}")
    return all(line.even for line in lines)


def _disrupt(disruptions: Disruptions, minutes: float) -> Counter[str]:
    until = time.monotonic() + 60 * minutes
    happened: Counter[str] = Counter()
    while time.monotonic() < until:
        time.sleep(disruptions.chance.uniform(*CALM_SECONDS))
        name, disruption = disruptions.chance.choice(list(disruptions.all().items()))
        print(f"{time.strftime('%T')} {name}", file=sys.stderr)
        disruption()
        happened[name] += 1
    return happened


def _settled(installation: Installation, flow: Flow, *, garbage: int) -> list[Line]:
    """The ledger once it is even, or as it is when it has had its time."""
    for process in installation.processes.values():
        process.wait_until_ready()
    give_up_at = time.monotonic() + SETTLE_SECONDS
    while True:
        ledger.let_old_leases_run_out(installation)
        lines = _ledger(installation, flow, garbage)
        if all(line.even for line in lines) or time.monotonic() > give_up_at:
            return lines
        time.sleep(1)


def _ledger(installation: Installation, flow: Flow, garbage: int) -> list[Line]:
    known = ledger.submissions(installation)
    accepted = {known[reference] for reference in flow.references if reference in known}
    cases, receipts = ledger.cases(installation), ledger.receipts(installation)
    sent = len(flow.references)
    failed = sum(ledger.failed_events(installation).values())
    return [
        Line("submissions accepted, of those sent", len(flow.keys), sent),
        Line("submissions stored", sent, ledger.stored_by(installation, flow.keys)),
        Line("references, each another's", sent, len(accepted)),
        Line("cases, one for each", sent, sum(cases[each] for each in accepted)),
        Line("submissions without exactly one case", 0, sum(cases[each] != 1 for each in accepted)),
        Line("receipts, one for each", sent, sum(receipts[each] for each in accepted)),
        Line("submissions without exactly one receipt", 0, sum(receipts[each] != 1 for each in accepted)),
        Line("events not published", 0, ledger.events_on_their_way(installation)),
        Line("failed events: the garbage alone", garbage * len(SERVICES), failed),
    ]


if __name__ == "__main__":
    minutes = float(sys.argv[1])
    seed = int(os.environ.get("SEED") or time.time())
    print(f"SEED={seed}", file=sys.stderr)
    sys.exit(not soak(minutes, seed))
