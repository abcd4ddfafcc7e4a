"""What may happen to an installation in production, by name: processes, stores, broker, mail server and disk fail."""

import fcntl
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from psycopg.errors import DeadlockDetected
from sqlalchemy import make_url

from bench.installation import Installation, Process
from services.operations.registry import SERVICES
from shared.bus import topology
from tests.proxies import FreezingProxy
from tests.servers import broker_lock
from tests.system import ledger

GARBAGE = "garbage is published"
AWAY_SECONDS = 5.0
LOCKED_SECONDS = 4.0
DISK_MEGABYTES = 64

Disruption = Callable[[], None]


@dataclass
class Disruptions:
    """What may happen to the installation, whose connections lead through the proxies, its files to a small disk.

    `again` are the notifications that were being sent when their dispatcher was killed: whether they have been sent
    is not recorded. `slow_stops` counts the processes that did not stop in time when they were asked to.
    """

    installation: Installation
    chance: random.Random
    proxies: Mapping[str, FreezingProxy]
    disk: Path | None
    again: set[UUID] = field(default_factory=set)
    slow_stops: int = 0

    def all(self) -> dict[str, Disruption]:
        """The disruptions."""
        return {
            "a process is killed": self.kill,
            "a process is asked to stop": self.stop,
            "a process is frozen for seconds": self.freeze,
            "a store's connections are cut": self.cut_store,
            "the broker's connections are cut": self.cut_broker,
            "the broker stops and starts": self.restart_broker,
            "a store's tables are locked for seconds": self.lock_tables,
            "the mail server is away for seconds": self.stop_mail_server,
            GARBAGE: self.publish_garbage,
            **{
                f"all connections to the {name} freeze": partial(self.freeze_connections, name) for name in self.proxies
            },
            **({"the disk is full for seconds": self.fill_disk} if self.disk else {}),
        }

    def kill(self) -> None:
        """kill -9, then a start."""
        process = self._process()
        process.kill()
        self._start_again(process)

    def stop(self) -> None:
        """SIGTERM, then a start."""
        process = self._process()
        try:
            process.stop()
        except subprocess.TimeoutExpired:
            self.slow_stops += 1
        self._start_again(process)

    def freeze(self) -> None:
        """SIGSTOP, and SIGCONT after some seconds."""
        process = self._process()
        process.send(signal.SIGSTOP)
        time.sleep(AWAY_SECONDS)
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
        _rabbitmqctl("close_all_connections", "--vhost", host, "soak")

    def restart_broker(self) -> None:
        """RabbitMQ is away for seconds, for all that use it: tests wait meanwhile."""
        with broker_lock(fcntl.LOCK_EX):
            _rabbitmqctl("stop_app")
            time.sleep(AWAY_SECONDS)
            _rabbitmqctl("start_app")

    def lock_tables(self) -> None:
        """Somebody's long transaction holds a service's outbox and inbox."""
        with self._store(autocommit=False) as connection, suppress(DeadlockDetected):
            connection.execute("LOCK TABLE outbox, inbox IN ACCESS EXCLUSIVE MODE")
            time.sleep(LOCKED_SECONDS)
            connection.rollback()

    def stop_mail_server(self) -> None:
        """The mail server closes its port and all connections, and is back after some seconds."""
        server = self.installation.mail_server
        assert server
        server.stop()
        time.sleep(AWAY_SECONDS)
        server.start()

    def publish_garbage(self) -> None:
        """Messages that are no events come to every service."""
        with topology.connect(self.installation.environ["ARENDE_BROKER_URL"]) as connection:
            producer = connection.Producer()
            for subscription in topology.SUBSCRIPTIONS:
                producer.publish(self.chance.randbytes(200), routing_key=subscription.queue, exchange="")

    def freeze_connections(self, name: str) -> None:
        """Nothing comes through the connections that are open now, for good, nor through new ones for seconds."""
        self.proxies[name].close_frozen()
        self.proxies[name].freeze()
        time.sleep(AWAY_SECONDS)
        self.proxies[name].thaw()

    def fill_disk(self) -> None:
        """The disk that logs and attachments are on takes nothing for seconds."""
        assert self.disk
        ballast = self.disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while file.write(bytes(size)):
                        pass
        time.sleep(AWAY_SECONDS)
        ballast.unlink()

    def _process(self) -> Process:
        """One of ours; never the OpenID provider."""
        ours = [each for name, each in self.installation.processes.items() if name.partition("-")[0] in SERVICES]
        return self.chance.choice(ours)

    def _start_again(self, process: Process) -> None:
        """Start what has ended; of the only dispatcher no lease is waited for."""
        if process.name == "notify-worker":
            self.again |= ledger.being_sent(self.installation)
        process.start()

    @contextmanager
    def _store(self, *, autocommit: bool = True) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        url = self.installation.environ[f"{self.chance.choice(SERVICES).upper()}_DATABASE_URL"]
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=autocommit) as connection:
            yield connection


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A folder on a disk of its own with little room; None where this user may mount none."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "arende-soak", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def through(proxy: FreezingProxy, url: str) -> str:
    """The same address through the proxy."""
    return make_url(url).set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)


def _rabbitmqctl(*words: str) -> None:
    subprocess.run(["rabbitmqctl", "--quiet", *words], check=True, stdout=subprocess.DEVNULL)
