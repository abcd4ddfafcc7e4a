"""What all tables of notify have in common, and its bus tables; each capability's own are in its `models.py`.

Rows are written in sets. On PostgreSQL all of a set are one parameter, so that a statement is the same for one row and
for a hundred: the server plans it once. On SQLite the same statement is run for each row.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, MetaData, Text, bindparam, cast, column, func, select
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns, ReconciliationColumns
from shared.database import NAMING, upsert

Rows = Sequence[Mapping[str, Any]]


class Base(DeclarativeBase):
    """The base class of all tables of notify."""

    metadata = MetaData(naming_convention=NAMING)


class Outbox(OutboxColumns, Base):
    """The events that notify publishes: `notification.*`."""


class Inbox(InboxColumns, Base):
    """The events that notify has handled."""


class FailedEvent(FailedEventColumns, Base):
    """Events that notify could not handle."""


class Reconciliation(ReconciliationColumns, Base):
    """How far the subscribers are known to have what notify published."""


def insert_new(session: Session, table: type[Base], rows: Rows) -> None:
    """Insert the rows, all with the same columns, but for those of which a unique key is there already."""
    insert_rows(session, table, rows, lambda insert: insert.on_conflict_do_nothing())


def insert_rows(session: Session, table: type[Base], rows: Rows, on_conflict: Any) -> None:
    """Insert the rows, all with the same columns; `on_conflict`, a function of the INSERT, adds what else happens.

    It must be the same function at each call: the statement is built once for it.
    """
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_insert_set(table, tuple(rows[0]), on_conflict), {"rows": as_json(rows)})
    else:
        connection.execute(_insert_each(connection.dialect.name, table, on_conflict), rows)


def as_json(rows: Rows) -> str:
    """The rows as the parameter that `rows_of` reads."""
    return orjson.dumps(rows).decode()


def rows_of(parameter: str, types: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """On PostgreSQL: the rows of a parameter made by `as_json`, as a table with these columns."""
    columns = (column(name, kind) for name, kind in types.items())
    rows = func.json_to_recordset(cast(bindparam(parameter, type_=Text()), JSON))
    return rows.table_valued(*columns, name=f"{parameter}_given").render_derived(with_types=True)


def types_of(table: type[Base], names: Collection[str]) -> dict[str, TypeEngine[Any]]:
    """The types of a table's columns."""
    return {name: table.__table__.c[name].type for name in names}


@cache
def _insert_set(table: type[Base], names: tuple[str, ...], on_conflict: Any) -> Any:
    given = rows_of("rows", types_of(table, names))
    return on_conflict(upsert("postgresql", table).from_select(names, select(given)))


@cache
def _insert_each(dialect: str, table: type[Base], on_conflict: Any) -> Any:
    return on_conflict(upsert(dialect, table))
