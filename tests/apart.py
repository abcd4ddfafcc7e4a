"""Tests apart from everything: what they must not reach is refused while they run."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

# Those of `tests/unit` that still reach out, to be moved to `tests/store`. It only shrinks, and at last goes away.
NOT_YET_APART: set[str] = set()

FORBIDDEN = {"socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.posix_spawn", "sqlite3.connect"}
ADVICE = "in tests/unit: a test that needs it belongs into tests/store"

_watching = False


class ReachesOut(BaseException):
    """A test used a socket, a process or a database. No Exception, or the code under test could handle it."""


@contextmanager
def apart() -> Iterator[None]:
    """Let nothing be reached meanwhile; libpq, which Python's audit does not see, included."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken away
    _watching = True
    try:
        with mock.patch("psycopg.connect", side_effect=ReachesOut(f"PostgreSQL {ADVICE}")):
            yield
    finally:
        _watching = False


def _watch(event: str, _arguments: tuple[Any, ...]) -> None:
    if _watching and event in FORBIDDEN:
        raise ReachesOut(f"{event} {ADVICE}")


sys.addaudithook(_watch)
