"""One service's own store: engine and sessions. PostgreSQL in production, SQLite in the embedded default.

Nothing waits for it for ever: Limits has how long. A URL with `?pooler=pgbouncer` leads through PgBouncer in
transaction mode, which refuses or loses what belongs to a session (docs/operations.md).
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import orjson
import psycopg
from sqlalchemy import (
    JSON,
    URL,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    create_engine,
    event,
    make_url,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

# A connection that was in use this recently is trusted to be alive: checking it costs a round trip.
TRUSTED_SECONDS = 1.0
PING_SECONDS = 5.0

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Json = JSON().with_variant(JSONB(), "postgresql")


class Utc(TypeDecorator[datetime]):
    """A point in time: aware in, UTC and aware out, on both kinds of database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; SQLite, which keeps no zone, gets UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True)
class Database:
    """A service's store. `sessions.begin()` is one transaction."""

    engine: Engine
    sessions: sessionmaker[Session]

    def check(self) -> None:
        """Raise when the store does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))


@dataclass(frozen=True)
class Limits:
    """How many seconds the server may take for a statement, a lock and an idle transaction, and we wait for it.

    A lock is waited for less long than a statement, so that it is known which of them it was. A transaction is idle
    while the relay waits for the broker. `answer` is for a connection or a server that is frozen: longer than any
    statement, so that it is never the first to end.
    """

    statement: float = 15
    lock: float = 10
    idle_in_transaction: float = 30
    answer: float | None = 20

    def milliseconds(self) -> dict[str, int]:
        """What the server is to limit, by its own names."""
        return {
            "statement_timeout": round(self.statement * 1000),
            "lock_timeout": round(self.lock * 1000),
            "idle_in_transaction_session_timeout": round(self.idle_in_transaction * 1000),
        }


LIMITS = Limits()

# What an operator runs and watches may take as long as it needs, but not make others wait for a lock that it waits for.
OPERATORS_LIMITS = Limits(statement=0, idle_in_transaction=0, answer=None)


def connect(url: str, limits: Limits = LIMITS) -> Database:
    """Open the store at an SQLAlchemy URL, `postgresql+psycopg://…` or `sqlite:///…`."""
    address = make_url(url)
    engine = create_engine(address, json_serializer=_json, json_deserializer=orjson.loads, **_pool(address))
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    else:
        _limit_waits(engine, limits)
        _replace_broken_connections(engine)
    return Database(engine, sessionmaker(engine, expire_on_commit=False))


def is_pooled(address: URL) -> bool:
    """Whether the URL leads through PgBouncer in transaction mode."""
    return address.query.get("pooler") == "pgbouncer"


def is_outage(error: BaseException) -> bool:
    """Whether the store is away, overloaded or locked, so that the same may succeed later: not an error of the data."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlstate", None) or ""
    lasts = code.startswith(_TOO_LARGE) or getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return (
        (isinstance(error, OperationalError) and not lasts) or error.connection_invalidated or code.startswith(_PASSING)
    )


def took_too_long(error: BaseException) -> bool:
    """Whether the store ended a statement for its time: it is overloaded, or the statement is always too slow."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _STATEMENT_ENDED


_STATEMENT_ENDED = "57014"

# SQLSTATE classes (https://www.postgresql.org/docs/current/errcodes-appendix.html) that the driver calls otherwise, as
# Python's does SQLite's SQLITE_ERROR: a statement that is wrong.
_TOO_LARGE = "54"  # a value that no index takes
_PASSING = ("25006", "25P03", "57P")  # a standby, a transaction that was idle for too long, a server that stops


def execute_alone(engine: Engine, statement: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """Run one statement that commits by itself on PostgreSQL, `%(name)s` standing for parameters: one round trip.

    Returns the rows of a statement that returns any.

    It bypasses SQLAlchemy, whose work costs more than psycopg's (docs/decisions/0009). Errors are SQLAlchemy's all the
    same.
    """
    try:
        pooled = engine.raw_connection()
    except psycopg.Error as error:
        raise _wrapped(error, statement, closed=True) from error
    driver: Any = pooled.driver_connection
    try:
        driver.autocommit = True
        cursor = driver.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        raise _wrapped(error, statement, closed=driver.closed) from error
    finally:
        if driver.closed:
            pooled.invalidate()
        else:
            driver.autocommit = False
        pooled.close()


def _wrapped(error: psycopg.Error, statement: str, *, closed: bool) -> BaseException:
    return DBAPIError.instance(statement, None, error, psycopg.Error, connection_invalidated=closed)


def upsert(dialect: str, table: type[DeclarativeBase]) -> Any:
    """An INSERT that may have ON CONFLICT, which each dialect writes in its own way."""
    insert = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    return insert[dialect](table)


def after_position(
    order: Sequence[Any], position: Sequence[Any] | None, *, descending: bool = False
) -> ColumnElement[bool]:
    """The condition that a row comes after a position in the order, for paging; None: every row does."""
    if position is None:
        return true()
    return tuple_(*order) < tuple_(*position) if descending else tuple_(*order) > tuple_(*position)


def _pool(address: URL) -> dict[str, Any]:
    if address.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": 30, "check_same_thread": False}}
    return {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10}


# libpq's own: a peer that is gone is noticed within so many seconds, whoever waits for whom.
PEER: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server has not answered in time."""

    answer_seconds = LIMITS.answer

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server as psycopg does, but not for ever."""
        if timeout is not None or self.answer_seconds is None:
            return super().wait(gen, interval, timeout)
        began = monotonic()
        try:
            return super().wait(gen, interval, self.answer_seconds)
        except psycopg.OperationalError:
            if not self.closed and monotonic() - began >= self.answer_seconds:
                self.pgconn.finish()
            raise


def _limit_waits(engine: Engine, limits: Limits) -> None:
    """Give each connection its limits: with its start; through PgBouncer, which refuses that, with each transaction."""
    pooled = is_pooled(engine.url)

    @event.listens_for(engine, "do_connect")
    def _(_: Any, __: Any, arguments: Sequence[Any], named: dict[str, Any]) -> LimitedConnection:
        connection = _opened(engine.url, arguments, PEER | named, limits=None if pooled else limits)
        connection.answer_seconds = limits.answer
        return connection

    if pooled:
        calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in limits.milliseconds().items())

        @event.listens_for(engine, "begin")
        def _(connection: Any) -> None:
            connection.exec_driver_sql(f"SELECT {calls}")


def _opened(address: URL, arguments: Sequence[Any], named: dict[str, Any], limits: Limits | None) -> LimitedConnection:
    if limits:
        own = " ".join(f"-c {name}={value}" for name, value in limits.milliseconds().items())
        named["options"] = f"{own} {named.get('options', '')}".strip()
    else:
        named["prepare_threshold"] = None
    named.pop("pooler", None)
    try:
        return LimitedConnection.connect(*arguments, **named)
    except psycopg.OperationalError as error:
        place = f"database {address.database} at {address.host}:{address.port or 5432}"
        error.add_note(f"{place}: {' '.join(str(error).split())}")
        raise


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _replace_broken_connections(engine: Engine) -> None:
    """Check that a pooled connection which has been idle is alive: the server may have been restarted since."""

    @event.listens_for(engine, "checkin")
    def _(_: Any, record: Any) -> None:
        record.info["used_at"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _(connection: Any, record: Any, _: Any) -> None:
        if monotonic() - record.info.get("used_at", monotonic()) < TRUSTED_SECONDS:
            return
        usual, connection.answer_seconds = connection.answer_seconds, PING_SECONDS
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error
        connection.answer_seconds = usual


def _tune_sqlite(engine: Engine) -> None:
    """Write-ahead log, foreign keys on, and every transaction takes the write lock when it begins.

    A transaction that reads first and writes later would otherwise fail with SQLITE_BUSY
    (https://sqlite.org/isolation.html); with the lock taken at once it waits.
    """

    @event.listens_for(engine, "connect")
    def _(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
