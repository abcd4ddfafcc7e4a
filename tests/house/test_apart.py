"""What `tests/unit` must not reach is refused there."""

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable

import psycopg
import pytest

from tests.apart import ReachesOut, apart

REACHING: dict[str, Callable[[], object]] = {
    "a server": lambda: socket.create_connection(("127.0.0.1", 9)),
    "being a server": lambda: socket.create_server(("127.0.0.1", 0)),
    "a process": lambda: subprocess.run([sys.executable, "--version"], check=True),
    "SQLite": lambda: sqlite3.connect(":memory:"),
    "PostgreSQL": lambda: psycopg.connect("postgresql://127.0.0.1:9/none"),
}


@pytest.mark.parametrize("what", REACHING)
def test_a_unit_test_gets_an_error_instead(what: str) -> None:
    with apart(), pytest.raises(ReachesOut, match="belongs into tests/store"):
        REACHING[what]()


def test_afterwards_all_is_as_it_was() -> None:
    with apart():
        pass

    sqlite3.connect(":memory:").close()
