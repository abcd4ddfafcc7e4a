"""The work: an event's body becomes a row of the table `rows`, committed by itself."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

import psycopg

TABLE = """
CREATE TABLE rows (
  id uuid PRIMARY KEY, body text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
BODY = "x" * 2_000
PREFETCH = 100

BROKER = os.environ.get("PEER_BROKER", "")
DATABASE = os.environ.get("PEER_DATABASE", "")


class Rows:
    """The table, over one connection that is opened when it is first needed."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def insert(self, row_id: str, body: str) -> None:
        """Insert and commit; a repeated one changes nothing."""
        if self._connection is None:
            self._connection = psycopg.connect(DATABASE, autocommit=True)
        self._connection.execute("INSERT INTO rows (id, body) VALUES (%s, %s) ON CONFLICT DO NOTHING", [row_id, body])


def publish(send: Callable[[str, str], object]) -> None:
    """Send as many as the command line says, and print how many seconds that took."""
    ids: Sequence[str] = [str(uuid4()) for _ in range(int(sys.argv[1]))]
    send(str(uuid4()), BODY)  # opens the connection
    began = time.perf_counter()
    for each in ids:
        send(each, BODY)
    print(time.perf_counter() - began)
