"""Having something happen at each point of a process's work with the store: that it is killed, that another comes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

from sqlalchemy import event

from shared.database import Database


class Killed(BaseException):
    """What ends a worker's process."""


def killed(store: Database, point: int | None) -> AbstractContextManager[None]:
    """Have the process be killed at the `point`th begin or commit of a transaction; None: it is not."""

    def die() -> None:
        raise Killed

    return _at_point(store, point, die, ("begin", "commit"))


def overtaken(store: Database, point: int, by: Callable[[], Any]) -> AbstractContextManager[None]:
    """Have another process do something just before the `point`th transaction begins."""
    return _at_point(store, point, by, ("checkout",))  # once it has begun, SQLite lets nobody else begin one


@contextmanager
def _at_point(store: Database, point: int | None, what: Callable[[], Any], events: Iterable[str]) -> Iterator[None]:
    points = count(1)

    def come(*_: Any) -> None:
        if next(points) == point:
            what()

    for each in events:
        event.listen(store.engine, each, come)
    try:
        yield
    finally:
        for each in events:
            event.remove(store.engine, each, come)
