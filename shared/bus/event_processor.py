"""Handling events: each once, with its effect and its inbox row in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session, sessionmaker

from shared.bus.inbox import remember
from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns
from shared.clock import Clock
from shared.events.catalogue import NEWEST_VERSIONS
from shared.events.envelope import Event, NewerEvent
from shared.observability.tracing import trace


class DependsOnEarlier(Exception):
    """The event cannot be handled before another one is, which has not come yet or waits itself: it is tried again."""


Handler = Callable[[Event, Session], None]
Handlers = Mapping[str, Handler]

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
    """How one service handles events: its store, its tables and its table of handlers."""

    service: str
    sessions: sessionmaker[Session]
    tables: Tables
    handlers: Handlers
    clock: Clock

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
        for event in {event.id: event for event in events if event.id in new}.values():
            if handler := self.handlers.get(event.name):
                with trace(event.traceparent), structlog.contextvars.bound_contextvars(event_id=str(event.id)):
                    handler(event, session)
            elif event.version > NEWEST_VERSIONS.get(event.name, 0):
                raise NewerEvent(f"{event.type}: this type of event is not known here")
        return new

    def count(self, handled: Sequence[Event], *, repeated: int = 0) -> None:
        """Count the events that a committed transaction handled."""
        now, lag = self.clock(), HANDLE_LAG.labels(self.service)
        REPEATED.labels(self.service).inc(repeated)
        for event in handled:
            HANDLED.labels(self.service, event.name).inc()
            lag.observe(max(0.0, (now - event.time).total_seconds()))
