"""Many rows by one statement, whose text is the same for one row and for a hundred: the server plans it once.

On PostgreSQL the rows are one parameter, a JSON text that the server takes apart: the drivers have one value to handle,
not thousands (docs/decisions/0010). SQLite, where a statement costs no round trip, runs it for each row.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    Dialect,
    Result,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from shared.database import upsert

Table = type[DeclarativeBase]
Rows = Sequence[Mapping[str, Any]]


def insert_rows(connection: Connection, rows: Mapping[Table, Rows]) -> None:
    """Insert rows into tables, those that others refer to first; on PostgreSQL by one statement for all tables.

    The rows of a table have the same columns, which are all that do not have a default in the database.
    """
    filled = {table: its_rows for table, its_rows in rows.items() if its_rows}
    if connection.dialect.name != "postgresql":
        for table, its_rows in filled.items():
            connection.execute(insert(table), its_rows)
    elif filled:
        shape = tuple((table, tuple(its_rows[0])) for table, its_rows in filled.items())
        parameters = {table.__tablename__: as_json(table, its_rows) for table, its_rows in filled.items()}
        connection.execute(_insert_into_all(shape), parameters)


def upsert_rows(connection: Connection, table: Table, rows: Rows, on_conflict: Callable[[Any], Any]) -> Result[Any]:
    """Insert rows with the same columns in their order; `on_conflict`, given the INSERT, adds what else happens.

    It must be the same function at each call, for which the statement is built once.
    """
    if connection.dialect.name != "postgresql":
        return connection.execute(_upsert_each(connection.dialect.name, table, on_conflict), rows)
    statement = _upsert_all(table, tuple(rows[0]), on_conflict)
    return connection.execute(statement, {table.__tablename__: as_json(table, rows)})


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows with the same columns in their order, but for those of which a unique key is there already."""
    if rows:
        upsert_rows(connection, table, rows, _unless_present)


def _unless_present(insert: Any) -> Any:
    return insert.on_conflict_do_nothing()


def as_json(table: Table, rows: Rows) -> str:
    """The rows as the parameter that `given` reads; values become what the table's columns of their names store."""
    stored_as = _stored_as(table)
    return orjson.dumps(
        [{**row, **{name: store(row[name]) for name, store in stored_as if name in row}} for row in rows]
    ).decode()


def given(parameter: str, types: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """On PostgreSQL, the rows of a parameter made by `as_json`, as a table with columns of these types."""
    columns = (column(name, kind) for name, kind in types.items())
    rows = func.json_to_recordset(cast(bindparam(parameter, type_=Text()), JSON))
    return rows.table_valued(*columns, name=f"given_{parameter}").render_derived(with_types=True)


def types_of(table: Table, names: Collection[str]) -> dict[str, TypeEngine[Any]]:
    """The types of some columns of a table."""
    return {name: table.__table__.c[name].type for name in names}


def one_of(dialect: str, of: InstrumentedAttribute[Any], parameter: str) -> ColumnElement[bool]:
    """The condition that a column has one of the values of a parameter, a list."""
    if dialect == "postgresql":
        return of == any_(bindparam(parameter, type_=ARRAY(of.type)))
    return of.in_(bindparam(parameter, expanding=True))


@cache
def _insert_into_all(shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> Any:
    *first, last = [_insert(table, names) for table, names in shape]
    for number, each in enumerate(first):
        last = last.add_cte(each.cte(f"insert_{number}"))
    return last.inline()


def _insert(table: Table, names: tuple[str, ...]) -> Any:
    rows = select(given(table.__tablename__, types_of(table, names)))
    return upsert("postgresql", table).from_select(names, rows, include_defaults=False)


@cache
def _upsert_all(table: Table, names: tuple[str, ...], on_conflict: Callable[[Any], Any]) -> Any:
    return on_conflict(_insert(table, names))


@cache
def _upsert_each(dialect: str, table: Table, on_conflict: Callable[[Any], Any]) -> Any:
    return on_conflict(upsert(dialect, table))


@cache
def _stored_as(table: Table) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    """What the types of our own make of a value."""
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    decorated = [(each.name, each.type) for each in table.__table__.columns if isinstance(each.type, TypeDecorator)]

    def store(kind: TypeDecorator[Any]) -> Callable[[Any], Any]:
        return lambda value: kind.process_bind_param(value, dialect)

    return [(name, store(kind)) for name, kind in decorated]
