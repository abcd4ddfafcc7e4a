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
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Result,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement
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


class ListOf(TypeDecorator[Sequence[Any]]):
    """A list of values of a type, as one parameter: an array on PostgreSQL, elsewhere a JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        """Take the type of each value."""
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type in the database."""
        kind: TypeEngine[Any] = ARRAY(self.kind) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> list[Any] | str:
        """The list, or its JSON with each value as a column of its type stores it."""
        values = list(value or ())
        if dialect.name == "postgresql":
            return values
        implementation: Any = self.kind.dialect_impl(dialect)
        store = implementation.bind_processor(dialect) or (lambda each: each)
        return orjson.dumps([store(each) for each in values]).decode()


class one_of(FunctionElement[bool]):  # noqa: N801 - a condition, used as a function
    """The condition that a column has one of the values of a parameter, a list.

    Its text is the same however many there are: neither side need prepare or plan it anew.
    """

    inherit_cache = True
    type = Boolean()

    def __init__(self, of: ColumnElement[Any] | InstrumentedAttribute[Any], parameter: str) -> None:
        """Take the column, and the parameter's name."""
        super().__init__(of, bindparam(parameter, type_=ListOf(of.type)))


@compiles(one_of)
def _among_json(condition: one_of, compiler: Any, **named: Any) -> str:
    of, values = (compiler.process(each, **named) for each in condition.clauses)
    return f"{of} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled SQL, values are parameters


@compiles(one_of, "postgresql")
def _among_array(condition: one_of, compiler: Any, **named: Any) -> str:
    of, values = (compiler.process(each, **named) for each in condition.clauses)
    return f"{of} = ANY ({values})"


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
