"""The outbox: a change and the event about it commit together."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Integer,
    Row,
    Text,
    any_,
    bindparam,
    func,
    insert,
    not_,
    select,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from shared.bus.tables import OutboxColumns
from shared.bus.topology import EVENTS_EXCHANGE
from shared.database import Utc, execute_alone
from shared.events.envelope import Event


def record(session: Session, table: type[OutboxColumns], event: Event, *, secret: bool = False) -> None:
    """Publish the event when, and only when, this transaction commits. `secret` encrypts its data on the bus."""
    session.connection().execute(insert(table), row(event, secret=secret))


def row(event: Event, *, secret: bool = False, exchange: str = EVENTS_EXCHANGE, key: str = "") -> dict[str, Any]:
    """The outbox row of an event, for a statement that inserts it with something else."""
    return {
        "event_id": event.id,
        "subject": event.subject,
        "exchange": exchange,
        "routing_key": key or event.routing_key,
        "body": event.encode().decode(),
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
    connection: Connection, table: type[OutboxColumns], limit: int, *, without: Sequence[int] = ()
) -> Sequence[Row[Any]]:
    """The oldest rows not yet published, locked, `without` those of the given ids.

    Those that another relay has locked are passed over.
    """
    statement = _unpublished(connection.dialect.name, table.__table__)
    return connection.execute(statement, {"ids": _ids(connection, without), "most": limit}).all()


def mark(connection: Connection, table: type[OutboxColumns], ids: Sequence[int], *, at: datetime) -> None:
    """Mark the rows of these ids as published."""
    connection.execute(_mark(connection.dialect.name, table.__table__), {"ids": _ids(connection, ids), "at": at})


def replace_by_encrypted(connection: Connection, table: type[OutboxColumns], bodies: Mapping[int, str]) -> None:
    """Keep the events of these ids as they were sent: encrypted."""
    of_row = update(table).where(table.id == bindparam("row_id")).values(body=bindparam("sent"), secret=False)
    connection.execute(of_row, [{"row_id": row_id, "sent": body} for row_id, body in bodies.items()])


# Built once, and of one text whatever the number of ids: neither side need prepare or plan it anew.


@cache
def _unpublished(dialect: str, table: Any) -> Any:
    of = table.c
    columns = (of.id, of.event_id, of.exchange, of.routing_key, of.body, of.secret, of.recorded_at)
    oldest = select(*columns).where(of.published_at.is_(None), not_(_among_ids(dialect, table))).order_by(of.id)
    return oldest.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)


@cache
def _mark(dialect: str, table: Any) -> Any:
    return update(table).where(_among_ids(dialect, table)).values(published_at=bindparam("at", type_=Utc()))


def _among_ids(dialect: str, table: Any) -> ColumnElement[bool]:
    if dialect == "postgresql":
        among: ColumnElement[bool] = table.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
    else:
        among = table.c.id.in_(select(func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value))
    return among


def _ids(connection: Connection, ids: Sequence[int]) -> list[int] | str:
    return list(ids) if connection.dialect.name == "postgresql" else json.dumps(list(ids))
