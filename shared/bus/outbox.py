"""The outbox: a change and the event about it commit together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from psycopg.types.json import Jsonb
from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Integer,
    Row,
    Text,
    bindparam,
    exists,
    func,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from shared.bulk import given, one_of
from shared.bus.tables import OutboxColumns
from shared.bus.topology import EVENTS_EXCHANGE
from shared.database import Utc, execute_alone
from shared.events.encryption import Keyring
from shared.events.envelope import Event


def record(session: Session, table: type[OutboxColumns], event: Event, *, secret: bool = False) -> None:
    """Publish the event when, and only when, this transaction commits. `secret` encrypts its data on the bus."""
    session.connection().execute(insert(table), row(event, secret=secret))


def row(
    event: Event,
    *,
    secret: bool = False,
    exchange: str = EVENTS_EXCHANGE,
    key: str = "",
    keyring: Keyring | None = None,
) -> dict[str, Any]:
    """The outbox row of an event, for a statement that inserts it with something else.

    With a keyring it is encrypted here and now, and the relay need not write it a second time.
    """
    return {
        "event_id": event.id,
        "subject": event.subject,
        "exchange": exchange,
        "routing_key": key or event.routing_key,
        "body": event.encode(keyring).decode(),
        "secret": secret,
        "recorded_at": event.time,
        "published_at": None,
    }


def insert_and_record(
    sessions: sessionmaker[Session],
    table: type[DeclarativeBase],
    values: Mapping[str, Any],
    outbox: type[DeclarativeBase],
    outbox_values: Mapping[str, Any],
) -> None:
    """Insert a row and the event about it, and commit: on PostgreSQL one statement that commits by itself.

    That is one round trip where a session needs four (docs/decisions/0009). IntegrityError as from the insert alone.
    """
    engine: Engine = sessions.kw["bind"]
    if engine.dialect.name != "postgresql":
        with engine.begin() as connection:
            connection.execute(insert(table), values)
            connection.execute(insert(outbox), outbox_values)
        return
    statement = _one_statement(engine.dialect, table, outbox, tuple(values), tuple(outbox_values))
    parameters = {**{f"row_{name}": value for name, value in values.items()}, **outbox_values}
    as_json = {name: Jsonb(value) for name, value in parameters.items() if isinstance(value, dict | list)}
    execute_alone(engine, statement, parameters | as_json)


@cache
def _one_statement(
    dialect: Dialect,
    table: type[DeclarativeBase],
    outbox: type[DeclarativeBase],
    names: tuple[str, ...],
    outbox_names: tuple[str, ...],
) -> str:
    """Both inserts; the parameters of the first begin with `row_`. Built once: building costs more than running."""
    row_inserted = insert(table).values({name: bindparam(f"row_{name}") for name in names})
    event_inserted = insert(outbox).values({name: bindparam(name) for name in outbox_names})
    return str(event_inserted.add_cte(row_inserted.cte("row_inserted")).inline().compile(dialect=dialect))


def replay(session: Session, table: type[OutboxColumns], *, since: datetime, reach: datetime) -> int:
    """Have the relay publish again all that it has published since then; how many events.

    Subscribers skip what they have handled. What was recorded before `reach` they may know no longer: it is left out.
    """
    again = update(table).where(table.published_at >= since, table.recorded_at >= reach)
    result = session.execute(again.values(published_at=None), execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]


def unpublished(
    connection: Connection, table: type[OutboxColumns], limit: int, *, now: datetime, limit_again: int
) -> Sequence[Row[Any]]:
    """Rows not yet published, locked: the oldest that are new, then those that are to be tried again by now.

    Those that another relay has locked are passed over.
    """
    most = {"now": now, "most": limit, "most_again": limit_again}
    return connection.execute(_unpublished(table.__table__), most).all()


def has_postponed(connection: Connection, table: type[OutboxColumns]) -> bool:
    """Whether there are rows that were not confirmed and wait to be tried again."""
    waiting = exists().where(table.published_at.is_(None), table.publish_after.is_not(None))
    return bool(connection.scalar(select(waiting)))


def mark(
    connection: Connection, table: type[OutboxColumns], ids: Sequence[int], *, at: datetime, kept: Mapping[int, str]
) -> None:
    """Mark the rows of these ids as published. `kept` are the bodies that some keep from now on."""
    of = table.__table__
    if not kept:
        connection.execute(_mark(of), {"ids": ids, "at": at})
    elif connection.dialect.name == "postgresql":
        rows = orjson.dumps([{"id": row_id, "body": kept.get(row_id)} for row_id in ids]).decode()
        connection.execute(_mark_and_keep(of), {"marked": rows, "at": at})
    else:
        connection.execute(_keep(of), [{"row_id": row_id, "kept": body} for row_id, body in kept.items()])
        connection.execute(_mark(of), {"ids": ids, "at": at})


def postpone(connection: Connection, table: type[OutboxColumns], until: Mapping[int, datetime]) -> None:
    """Leave rows that were not confirmed alone until then; each counts how often that was so."""
    rows = [{"row_id": row_id, "until": moment} for row_id, moment in until.items()]
    connection.execute(_postpone(table.__table__), rows)


# Built once, and of one text whatever the number of rows: neither side need prepare or plan it anew.

_PUBLISHED: dict[str, Any] = {
    "published_at": bindparam("at", type_=Utc()),
    "publish_after": None,
    "postponements": 0,
    "secret": False,
}


@cache
def _unpublished(table: Any) -> Any:
    of = table.c
    columns = (of.id, of.event_id, of.exchange, of.routing_key, of.body, of.secret, of.recorded_at, of.postponements)
    waiting = select(*columns).where(of.published_at.is_(None)).order_by(of.publish_after, of.id)
    due = of.publish_after <= bindparam("now", type_=Utc())
    new = waiting.where(of.publish_after.is_(None)).limit(bindparam("most", type_=Integer))
    again = waiting.where(due).limit(bindparam("most_again", type_=Integer))
    locked = (each.with_for_update(skip_locked=True) for each in (new, again))
    return union_all(*(select(each.cte(name)) for each, name in zip(locked, ("new", "again"), strict=True)))


@cache
def _mark(table: Any) -> Any:
    return update(table).where(one_of(table.c.id, "ids")).values(_PUBLISHED)


@cache
def _mark_and_keep(table: Any) -> Any:
    marked = given("marked", {"id": BigInteger(), "body": Text()})
    body = func.coalesce(marked.c.body, table.c.body)
    return update(table).where(table.c.id == marked.c.id).values({**_PUBLISHED, "body": body})


@cache
def _keep(table: Any) -> Any:
    return update(table).where(table.c.id == bindparam("row_id")).values(body=bindparam("kept"))


@cache
def _postpone(table: Any) -> Any:
    of_row = update(table).where(table.c.id == bindparam("row_id"))
    return of_row.values(publish_after=bindparam("until", type_=Utc()), postponements=table.c.postponements + 1)
