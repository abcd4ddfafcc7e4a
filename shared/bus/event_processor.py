"""Handling events: each once, with its effect and its inbox row in one transaction.

A batch is handled in sets: a handler gets all the batch's events of its kinds in one call, and writes for many what it
would write for one.
"""

from collections import Counter as Counted
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session, sessionmaker

from shared.bus.inbox import remember
from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns
from shared.clock import Clock
from shared.events.catalogue import NEWEST_VERSIONS
from shared.events.envelope import Event, NewerEvent
from shared.events.payloads import EventPayload
from shared.observability.tracing import trace


class DependsOnEarlier(Exception):
    """The event cannot be handled before another one is, which has not come yet or waits itself: it is tried again."""


Payload = TypeVar("Payload", bound=EventPayload)


@dataclass(frozen=True)
class OpenedEvent(Generic[Payload]):
    """An event and its payload, opened once for all that handle it."""

    event: Event
    payload: Payload


@dataclass(frozen=True)
class EventHandler(Generic[Payload]):
    """What a service does with events of these kinds: `handle` gets all that a batch has of them, in any order.

    It runs in the transaction of the batch. What it raises rolls that back, and each event is then handled alone.
    """

    kinds: tuple[type[Payload], ...]
    handle: Callable[[Session, Sequence[OpenedEvent[Payload]]], None]


Handlers = Sequence[EventHandler[Any]]

HANDLED = Counter("bus_events_handled", "Events handled, by name.", ["service", "event"])
REPEATED = Counter("bus_events_repeated", "Events that came again and were skipped.", ["service"])
HANDLE_LAG = Histogram(
    "bus_handle_lag_seconds",
    "From an event's time to the commit that handled it.",
    ["service"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600),
)


@dataclass(frozen=True)
class Tables:
    """A service's own bus tables."""

    outbox: type[OutboxColumns]
    inbox: type[InboxColumns]
    failed_events: type[FailedEventColumns]


@dataclass(frozen=True)
class EventProcessor:
    """How one service handles events: its store, its tables and its table of handlers. `worker` is who does.

    `unnoted` are the rows of the failed events whose attempts have begun, and whose end the store does not know.
    """

    service: str
    sessions: sessionmaker[Session]
    tables: Tables
    handlers: Handlers
    clock: Clock
    worker: UUID = field(default_factory=uuid4)
    unnoted: set[int] = field(default_factory=set, init=False)

    def handle(self, events: Sequence[Event]) -> None:
        """Handle the events in one transaction. Raises what a handler raises; then nothing has changed."""
        with self.sessions.begin() as session:
            new = self.handle_in(session, events)
        self.count([event for event in events if event.id in new], repeated=len(events) - len(new))

    def handle_in(self, session: Session, events: Sequence[Event]) -> set[UUID]:
        """Handle the events in the caller's transaction, who then calls `count`; return the ids of those that were new.

        An event without a handler is ignored, unless it is of a type that this version does not know: NewerEvent.
        """
        new = remember(session, self.tables.inbox, events, at=self.clock())
        for handler, opened in self._opened({event.id: event for event in events if event.id in new}):
            with _context_of(opened):
                handler.handle(session, opened)
        return new

    def _opened(self, events: Mapping[UUID, Event]) -> list[tuple[EventHandler[Any], list[OpenedEvent[Any]]]]:
        """The events of each handler, in the handlers' order. All are opened before the first is handled."""
        found: dict[int, list[OpenedEvent[Any]]] = {}
        for event in events.values():
            if event.name in self._by_name:
                position, kind = self._by_name[event.name]
                found.setdefault(position, []).append(OpenedEvent(event, kind.open(event)))
            elif event.version > NEWEST_VERSIONS.get(event.name, 0):
                raise NewerEvent(f"{event.type}: this type of event is not known here")
        return [(self.handlers[position], found[position]) for position in sorted(found)]

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[int, type[EventPayload]]]:
        """The position of an event's handler and the kind that its payload is opened as, by the event's name."""
        return {kind.NAME: (position, kind) for position, each in enumerate(self.handlers) for kind in each.kinds}

    def count(self, handled: Sequence[Event], *, repeated: int = 0) -> None:
        """Count the events that a committed transaction handled."""
        now, lag = self.clock(), HANDLE_LAG.labels(self.service)
        REPEATED.labels(self.service).inc(repeated)
        for name, number in Counted(event.name for event in handled).items():
            HANDLED.labels(self.service, name).inc(number)
        for event in handled:
            lag.observe(max(0.0, (now - event.time).total_seconds()))


@contextmanager
def _context_of(opened: Sequence[OpenedEvent[Any]]) -> Iterator[None]:
    """The trace and the log context of an event that is handled alone; a batch has none in common."""
    if len(opened) > 1:
        yield
        return
    event = opened[0].event
    with trace(event.traceparent), structlog.contextvars.bound_contextvars(event_id=str(event.id)):
        yield
