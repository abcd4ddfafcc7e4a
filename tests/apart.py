"""Tests apart from everything: what they must not reach is refused while they run."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg

FORBIDDEN = {"socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.posix_spawn", "sqlite3.connect"}
ADVICE = "in tests/unit: a test that needs it belongs into tests/store"

_watching = False
_earlier_threads: frozenset[int] = frozenset()  # what earlier tests of the same process left running is not this test's


class ReachesOut(BaseException):
    """A test used a socket, a process or a database. No Exception, or the code under test could handle it."""


@contextmanager
def apart() -> Iterator[None]:
    """Let nothing be reached meanwhile; libpq, which Python's audit does not see, included."""
    global _watching, _earlier_threads  # noqa: PLW0603 - an audit hook cannot be taken away
    _begin_to_watch()
    _earlier_threads = frozenset(each.ident or 0 for each in threading.enumerate()) - {threading.get_ident()}
    _watching, psycopg.connect = True, _connect
    try:
        yield
    finally:
        _watching, psycopg.connect = False, _psycopg_connect


_psycopg_connect = psycopg.connect


def _connect(*arguments: Any, **options: Any) -> Any:
    if _is_the_tests():
        raise ReachesOut(f"PostgreSQL {ADVICE}")
    return _psycopg_connect(*arguments, **options)


def _watch(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN and _is_the_tests():
        raise ReachesOut(f"{event} {ADVICE}")


def _is_the_tests() -> bool:
    return _watching and threading.get_ident() not in _earlier_threads


@cache
def _begin_to_watch() -> None:
    """Not before: Python asks the hook at each `id()` too, and much else."""
    sys.addaudithook(_watch)
