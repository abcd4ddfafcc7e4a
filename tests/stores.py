"""Services' stores for tests: what a service's migrations lay is copied or repeated after the first time."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event, make_url

import services
from shared.database import Database, connect
from shared.migrations import migrate
from tests.servers import label_tables, take_up_tables

SERVICES = Path(services.__path__[0])


def migrated(url: str, service: str) -> Database:
    """The empty store at the URL, with the tables that the service's migrations lay."""
    database, name = connect(url), make_url(url).database or ""
    if database.engine.dialect.name == "sqlite":
        shutil.copyfile(_sqlite_file(service), name)
    elif not take_up_tables(name, service):
        _lay_tables(database.engine, service)
        label_tables(name, service)
    return database


def _lay_tables(engine: Engine, service: str) -> None:
    if script := _scripts.get(service):
        with engine.begin() as connection:
            connection.exec_driver_sql(script)
    else:
        with _recorded(engine) as statements:
            migrate(engine, migrations(service))
        _scripts[service] = ";\n".join(statements).replace("%", "%%")


def migrations(service: str) -> Path:
    """The folder of a service's migrations."""
    return SERVICES / service / "migrations"


_scripts: dict[str, str] = {}


@cache
def _sqlite_file(service: str) -> Path:
    file = Path(_folder().name) / f"{service}.sqlite"
    database = connect(f"sqlite:///{file}")
    migrate(database.engine, migrations(service))
    database.engine.dispose()
    return file


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="arende-stores-")


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The texts of the statements that are run meanwhile, but for BEGIN and COMMIT."""
    texts: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            texts.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield texts
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def _recorded(engine: Engine) -> Iterator[list[str]]:
    """What is run on PostgreSQL meanwhile, with its parameters in it."""
    statements: list[str] = []

    def record(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        pooled = connection.connection.driver_connection
        statements.append(psycopg.ClientCursor(pooled).mogrify(statement, parameters))

    event.listen(engine, "before_cursor_execute", record)
    yield statements
    event.remove(engine, "before_cursor_execute", record)


def a_folder() -> Path:
    """An empty folder, which is there as long as the process."""
    _FOLDERS.append(tempfile.TemporaryDirectory())
    return Path(_FOLDERS[-1].name)


_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
