"""Many rows by one statement are the rows that one at a time would be."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ForeignKey, Integer, Text, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.bulk import insert_rows, one_of, upsert_rows
from shared.database import Database, Json, Utc, connect
from tests.builders import NOON
from tests.stores import statements


class Base(DeclarativeBase):
    """The tables of these tests."""


class Street(Base):
    """What others refer to, with a column of each kind."""

    __tablename__ = "streets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    lit: Mapped[bool]
    lamps: Mapped[int] = mapped_column(Integer)
    built_on: Mapped[date | None]
    seen_at: Mapped[datetime] = mapped_column(Utc)
    more: Mapped[Any] = mapped_column(Json)


class Lamp(Base):
    """What refers to one."""

    __tablename__ = "lamps"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    street_id: Mapped[UUID] = mapped_column(ForeignKey("streets.id"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A store with these tables."""
    database = connect(database_url)
    Base.metadata.create_all(database.engine)
    yield database
    database.engine.dispose()


def a_street(**changes: Any) -> dict[str, Any]:
    """A row of what is hard to carry over."""
    stockholm = timezone(timedelta(hours=1))
    return {
        "id": uuid4(),
        "name": 'Älvgatan ”1”, "\\" % %s {} \n',
        "lit": True,
        "lamps": 2**31 - 1,
        "built_on": date.max,
        "seen_at": datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=stockholm),
        "more": {"list": [1, 2.5, None, "å"], "text": "null"},
    } | changes


def test_rows_of_several_tables_are_inserted_as_they_are_on_postgresql_by_one_statement(database):
    streets = [a_street(), a_street(lit=False, built_on=None, more=["a list"])]
    lamps = [{"street_id": each["id"]} for each in streets]

    with database.engine.begin() as connection, statements(database.engine) as texts:
        insert_rows(connection, {Street: streets, Lamp: lamps})

    assert len(texts) == {"postgresql": 1, "sqlite": 2}[database.engine.dialect.name]
    with database.engine.begin() as connection:
        kept = {row.id: row._asdict() for row in connection.execute(select(Street.__table__))}
        order = connection.scalars(select(Lamp.street_id).order_by(Lamp.id)).all()
    assert kept == {each["id"]: each | {"seen_at": each["seen_at"].astimezone(UTC)} for each in streets}
    assert order == [each["id"] for each in streets]


def test_no_rows_are_no_statement(database):
    with database.engine.begin() as connection, statements(database.engine) as texts:
        insert_rows(connection, {Street: [], Lamp: []})

    assert texts == []


def test_a_row_that_does_not_fit_leaves_none(database):
    street = a_street()

    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        insert_rows(connection, {Street: [street], Lamp: [{"street_id": street["id"]}, {"street_id": uuid4()}]})

    with database.engine.begin() as connection:
        assert connection.scalars(select(Street.id)).all() == []


def test_a_naive_time_is_refused(database):
    with pytest.raises(Exception, match="naive"), database.engine.begin() as connection:
        insert_rows(connection, {Street: [a_street(seen_at=NOON.replace(tzinfo=None))]})


def _more_lamps(insert: Any) -> Any:
    more = {"lamps": Street.lamps + insert.excluded.lamps}
    return insert.on_conflict_do_update(index_elements=[Street.id], set_=more).returning(Street.id, Street.lamps)


def test_rows_that_are_there_already_are_changed_as_the_caller_wants(database):
    old, new = a_street(lamps=1), a_street(lamps=7)
    with database.engine.begin() as connection:
        insert_rows(connection, {Street: [old]})
        changed = upsert_rows(connection, Street, [old | {"lamps": 4}, new], _more_lamps)

        assert {row.id: row.lamps for row in changed} == {old["id"]: 5, new["id"]: 7}


def test_a_condition_finds_each_value_of_a_list(database):
    streets = [a_street() for _ in range(3)]
    condition = one_of(Street.id, "ids")
    with database.engine.begin() as connection:
        insert_rows(connection, {Street: streets})
        wanted = {each["id"] for each in streets[1:]}

        found = connection.scalars(select(Street.id).where(condition), {"ids": [*wanted, uuid4()]}).all()

    assert set(found) == wanted
