"""Acting on events: once each, the act and the memory of it in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session, sessionmaker

from shared.bus.inbox import remember
from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns
from shared.clock import Clock
from shared.events.envelope import Event
from shared.observability.tracing import trace

Handler = Callable[[Event, Session], None]
Handlers = Mapping[str, Handler]

HANDLED = Counter("bus_events_handled", "Events acted on, by name.", ["service", "event"])
REPEATED = Counter("bus_events_repeated", "Events that came again and were skipped.", ["service"])
HANDLE_LAG = Histogram(
    "bus_handle_lag_seconds",
    "From an event's time to the commit that acted on it.",
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
    """How one service acts on events: its store, its tables and its table of handlers."""

    service: str
    sessions: sessionmaker[Session]
    tables: Tables
    handlers: Handlers
    clock: Clock

    def handle(self, events: Sequence[Event]) -> None:
        """ActionContext on the events in one transaction. Raises what a handler raises; then nothing was done."""
        with self.sessions.begin() as session:
            new = self.act(events, session)
        self.count([event for event in events if event.id in new], repeated=len(events) - len(new))

    def act(self, events: Sequence[Event], session: Session) -> set[UUID]:
        """The same within the caller's transaction; the ids of those that were new. `count` is then the caller's."""
        new = remember(session, self.tables.inbox, events, at=self.clock())
        for event in {event.id: event for event in events if event.id in new}.values():
            if handler := self.handlers.get(event.name):
                with trace(event.traceparent), structlog.contextvars.bound_contextvars(event_id=str(event.id)):
                    handler(event, session)
        return new

    def count(self, handled: Sequence[Event], *, repeated: int = 0) -> None:
        """Count what a committed transaction handled."""
        now, lag = self.clock(), HANDLE_LAG.labels(self.service)
        REPEATED.labels(self.service).inc(repeated)
        for event in handled:
            HANDLED.labels(self.service, event.name).inc()
            lag.observe(max(0.0, (now - event.time).total_seconds()))
