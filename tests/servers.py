"""The machine's PostgreSQL and RabbitMQ, as tests use them: databases and a virtual host of their own."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from shared.bus import topology

POSTGRES = os.environ.get("ARENDE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
RABBITMQ = os.environ.get("ARENDE_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")

QUEUES = [
    topology.UNROUTED,
    *(
        queue
        for each in topology.SUBSCRIPTIONS
        for queue in (each.queue, each.dead_letter_queue, each.reconciliation_queue)
    ),
]
MADE_WITHIN_SECONDS = 15
EXCHANGES = [
    topology.EVENTS_EXCHANGE,
    topology.HANDLING_EXCHANGE,
    topology.RECONCILIATION_EXCHANGE,
    topology.UNROUTED,
]

# What a crash of the server itself would lose is no test's business, and waiting for the disk costs each its time.
SET_UP = ("ALTER DATABASE {name} RESET ALL", "ALTER DATABASE {name} SET synchronous_commit = off")
CLOSE_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
CLOSED_WITHIN_SECONDS = 5
DROP_TABLES = "DROP SCHEMA public CASCADE"

# What was changed in how the tables of the schema are made would change it. Rows are no part of it.
FINGERPRINT = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT concat('table', oid, ' ', xmin) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('column', attrelid, ' ', attnum, ' ', a.xmin) FROM pg_attribute a
        JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('constraint', oid, ' ', xmin) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat('trigger', t.oid, ' ', t.xmin) FROM pg_trigger t
        JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('function', oid, ' ', xmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts (part)
"""
VERSION = "SELECT version_num FROM alembic_version"
LABEL = "SELECT obj_description('public'::regnamespace, 'pg_namespace')"
TABLES = (
    "SELECT oid::regclass::text FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"
)
RESTART_NUMBERS = (
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
)
MOST_ROWS = 5_000  # to delete: more would leave tables whose size and statistics are not those of new ones


@dataclass
class PostgresDatabases:
    """Databases for tests, used again and again: to empty one costs far less than to make and drop one."""

    _made: list[str] = field(default_factory=list)
    _free: list[str] = field(default_factory=list)

    def take(self) -> str:
        """The name of an empty database."""
        if self._free:
            return self._free.pop()
        name = f"arende_test_{uuid4().hex}"
        on_postgres(*(each.format(name=name) for each in ("CREATE DATABASE {name}", *SET_UP)))
        self._made.append(name)
        return name

    def give_back(self, name: str) -> None:
        """Empty it, whoever is still connected to it, for the next to take. A service's tables are put aside."""
        connection = _kept_connection(name)
        _close_others(connection)
        with connection.transaction():
            connection.execute("; ".join(each.format(name=name) for each in SET_UP))
            if not _put_aside(connection):
                connection.execute(DROP_TABLES)
            connection.execute("CREATE SCHEMA public")
        self._free.append(name)

    def drop(self) -> None:
        """Drop them all."""
        on_postgres(*(f"DROP DATABASE {name} WITH (FORCE)" for name in self._made))


def _close_others(connection: psycopg.Connection[Any]) -> None:
    """Waiting by itself PostgreSQL would look no sooner than a tenth of a second later whether they are closed."""
    until = time.monotonic() + CLOSED_WITHIN_SECONDS
    while connection.execute(CLOSE_CONNECTIONS).rowcount and time.monotonic() < until:
        time.sleep(0.002)


def label_tables(database: str, service: str) -> None:
    """Note that the service's migrations have laid these tables, so that they are put aside for its next test."""
    connection = _kept_connection(database)
    label = f"{service} {_one(connection, FINGERPRINT)} {_one(connection, VERSION)}"
    connection.execute(f"COMMENT ON SCHEMA public IS '{label}'")


def take_up_tables(database: str, service: str) -> bool:
    """Whether the empty database has the service's tables put aside; now they are where they belong."""
    connection = _kept_connection(database)
    with connection.transaction():
        aside = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [f"{service}_aside"]).fetchone()
        if aside:
            connection.execute("DROP SCHEMA public")
            connection.execute(f"ALTER SCHEMA {service}_aside RENAME TO public")
    return bool(aside)


def _put_aside(connection: psycopg.Connection[Any]) -> bool:
    """Whether there were a service's tables, as its migrations lay them; they are emptied and put aside."""
    service, fingerprint, version = (_one(connection, LABEL) or "- - -").split()
    if _one(connection, FINGERPRINT) != fingerprint or _one(connection, VERSION) != version:
        return False
    connection.execute("SET LOCAL session_replication_role = replica")  # no trigger and no foreign key is in the way
    tables = connection.execute(TABLES).fetchall()
    deleted = connection.execute("; ".join(f"DELETE FROM {table}" for [table] in tables))
    if sum(each.rowcount for each in deleted.results()) > MOST_ROWS:
        return False
    connection.execute(RESTART_NUMBERS)
    connection.execute(f"ALTER SCHEMA public RENAME TO {service}_aside")
    return True


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    """The value that the query finds; None without one."""
    row = connection.execute(query).fetchone()
    return row and row[0]


def postgres_url(database: str) -> str:
    """The URL of a database on the test server."""
    return make_url(POSTGRES).set(database=database).render_as_string(hide_password=False)


def on_postgres(*statements: str, database: str | None = None) -> None:
    """Run statements on the test server, each in a transaction of its own."""
    with _connection(database) as connection:
        for each in statements:
            connection.execute(each)


_kept: dict[str, psycopg.Connection[Any]] = {}  # what was used last is last
MOST_KEPT = 2


def _kept_connection(database: str) -> psycopg.Connection[Any]:
    """To what comes and goes with every test a process connects once, and anew where a test has closed that.

    Of databases that only few tests take none is kept: all processes' tests share the server's hundred connections.
    """
    connection = _kept.pop(database, None)
    if connection is None or not _is_open(connection):
        connection = _connection(database)
        connection.execute("SET default_transaction_read_only = off")
    _kept[database] = connection
    while len(_kept) > MOST_KEPT:
        _kept.pop(next(iter(_kept))).close()
    return connection


def _is_open(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _connection(database: str | None) -> psycopg.Connection[Any]:
    url = make_url(postgres_url(database) if database else POSTGRES).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True, connect_timeout=3)


@contextmanager
def pgbouncer(folder: Path, database: str) -> Iterator[str]:
    """The URL of a database on the test server, through a PgBouncer in transaction mode with two connections to it."""
    target = make_url(POSTGRES)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    connection = f"host={target.host} port={target.port or 5432} user={target.username} dbname={database}"
    if target.password:
        connection += f" password={target.password}"
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{database} = {connection}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nunix_socket_dir =\n"
    )
    settings.chmod(0o644)
    another = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    with settings.open() as file:
        process = subprocess.Popen(
            ["pgbouncer", "--quiet", *another, f"/dev/fd/{file.fileno()}"], pass_fds=[file.fileno()]
        )
    try:
        _await_port(port)
        yield (
            make_url(POSTGRES)
            .set(host="127.0.0.1", port=port, database=database, query={"pooler": "pgbouncer"})
            .render_as_string(hide_password=False)
        )
    finally:
        process.terminate()
        process.wait()


def _await_port(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < until, "it does not answer"
            time.sleep(0.02)


@contextmanager
def virtual_host() -> Iterator[str]:
    """The URL of a virtual host of one's own, or of the one given, emptied, where none can be made."""
    name = f"arende-test-{uuid4().hex}"
    if not _is_made(name):
        empty_broker(RABBITMQ)
        yield RABBITMQ
        return
    address = urlsplit(RABBITMQ)
    _rabbitmqctl("set_permissions", "-p", name, address.username or "guest", ".*", ".*", ".*")
    yield address._replace(path=f"/{name}").geturl()
    _rabbitmqctl("delete_vhost", name)


@contextmanager
def broker_lock(kind: int) -> Iterator[None]:
    """Use the broker together with others (LOCK_SH), or alone (LOCK_EX), for which one waits at the gate."""
    folder = Path(tempfile.gettempdir())
    with (folder / "arende-broker-gate.lock").open("w") as gate, (folder / "arende-broker.lock").open("w") as lock:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(lock, kind)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


def empty_broker(url: str) -> None:
    """Delete what Ärende has declared there, and all that waits in it."""
    with topology.connect(url) as connection:
        channel = connection.default_channel
        for queue in QUEUES:
            channel.queue_delete(queue)
        for exchange in EXCHANGES:
            channel.exchange_delete(exchange)


def _is_made(virtual_host: str) -> bool:
    """Whether the virtual host could be made; for some seconds another process's test may have stopped the broker."""
    for _ in range(MADE_WITHIN_SECONDS):
        if _rabbitmqctl("add_vhost", virtual_host):
            return True
        if not shutil.which("rabbitmqctl"):
            return False
        time.sleep(1)
    return False


def _rabbitmqctl(*words: str) -> bool:
    if not shutil.which("rabbitmqctl") or urlsplit(RABBITMQ).hostname not in ("127.0.0.1", "localhost"):
        return False
    return subprocess.run(["rabbitmqctl", "--quiet", *words], capture_output=True, check=False).returncode == 0
