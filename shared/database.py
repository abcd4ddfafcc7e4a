"""One service's own store: engine and sessions. PostgreSQL in production, SQLite in the embedded default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import orjson
import psycopg
from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    create_engine,
    event,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

# A connection that was in use this recently is trusted to be alive: checking it costs a round trip.
TRUSTED_SECONDS = 1.0

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


def connect(url: str) -> Database:
    """Open the store at an SQLAlchemy URL, `postgresql+psycopg://…` or `sqlite:///…`."""
    engine = create_engine(url, json_serializer=_json, json_deserializer=orjson.loads, **_pool(url))
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    else:
        _replace_broken_connections(engine)
    return Database(engine, sessionmaker(engine, expire_on_commit=False))


def execute_alone(engine: Engine, statement: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """Run one statement that commits by itself on PostgreSQL, `%(name)s` standing for parameters: one round trip.

    Returns the rows of a statement that returns any.

    It bypasses SQLAlchemy, whose work costs more than psycopg's (docs/decisions/0010). Errors are SQLAlchemy's all the
    same.
    """
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection
    try:
        driver.autocommit = True
        cursor = driver.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, connection_invalidated=driver.closed
        ) from error
    finally:
        if driver.closed:
            pooled.invalidate()
        else:
            driver.autocommit = False
        pooled.close()


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


def _pool(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30, "check_same_thread": False}}
    return {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10}


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
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error


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
