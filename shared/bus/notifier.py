"""Wakes a loop when rows that it waits for are committed, so that it need not poll often.

PostgreSQL: a statement trigger on the table notifies a connection of the loop's own; through PgBouncer no connection is
one's own, and the loop looks each time that its sleep is over.
SQLite: writer and loop are threads of one process, and every commit that changed something wakes the loop.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from shared.database import PEER, LimitedConnection, is_pooled

Sleep = Callable[[float], None]

# Every commit wakes a loop on SQLite, so that it looks on its own account less often: each look is a transaction.
CALM = 5

_sleepers: dict[str, set[threading.Event]] = defaultdict(set)


def create_notify_trigger(operations: Any, table: str) -> None:
    """For migrations: send a notification on the channel `table` when a statement has inserted into it (PostgreSQL)."""
    if operations.get_bind().dialect.name != "postgresql":
        return
    operations.execute(
        f"CREATE FUNCTION wake_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN PERFORM pg_notify('{table}', ''); RETURN NULL; END $$"
    )
    operations.execute(
        f"CREATE TRIGGER wake_{table} AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION wake_{table}()"
    )


@contextmanager
def commit_waiter(engine: Engine, table: str) -> Iterator[Sleep]:
    """Give a `sleep(seconds)` that ends early when rows were committed to the table, also before it was called."""
    if is_pooled(engine.url):
        yield time.sleep
        return
    listen = _listen_postgresql if engine.dialect.name == "postgresql" else _listen_here
    with listen(engine, table) as sleep:
        yield sleep


def wake_all() -> None:
    """Wake the loops of this process that wait for commits on SQLite, so that they see that they are to stop."""
    for sleepers in tuple(_sleepers.values()):
        for woken in tuple(sleepers):
            woken.set()


@contextmanager
def _listen_postgresql(engine: Engine, table: str) -> Iterator[Sleep]:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with LimitedConnection.connect(url, autocommit=True, **PEER) as connection:
        connection.execute(f'LISTEN "{table}"')

        def sleep(seconds: float) -> None:
            for _ in connection.notifies(timeout=seconds, stop_after=1):
                return

        yield sleep


@contextmanager
def _listen_here(engine: Engine, table: str) -> Iterator[Sleep]:
    woken = threading.Event()
    sleepers = _sleepers[str(engine.url)]
    sleepers.add(woken)

    def sleep(seconds: float) -> None:
        woken.wait(seconds * CALM)
        woken.clear()

    try:
        yield sleep
    finally:
        sleepers.discard(woken)


@event.listens_for(Engine, "commit")
def _wake(connection: Connection) -> None:
    sleepers = tuple(_sleepers.get(str(connection.engine.url), ())) if _sleepers else ()
    if sleepers and _has_written(connection):
        for woken in sleepers:
            woken.set()


def _has_written(connection: Connection) -> bool:
    """Whether SQLite has changed a row since the last commit: a loop that only looked must not wake itself."""
    before = connection.info.get("changes", 0)
    connection.info["changes"] = connection.connection.dbapi_connection.total_changes  # type: ignore[union-attr]
    return bool(connection.info["changes"] != before)
