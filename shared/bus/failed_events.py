"""Events that could not be handled: they wait, longer each time, for another attempt, and are parked after the last.

They are kept in the service's own store, so waiting, listing, retrying and dropping are the same on every
broker (docs/decisions/0002). An event that no version can read is parked at once. One of a later version waits until
this service is replaced by one that knows it, and is never parked; so does, meanwhile, one that depends on an earlier
event. An attempt that the store was away for is none. One that takes longer than the store allows is one.

What the broker gives again is kept here too, and handled alone: a worker that had taken it has ended, and it may be
why. Each attempt is noted before it begins, so that an event in whose handling processes end is known, and parked.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import ColumnElement, bindparam, case, delete, func, select, update
from sqlalchemy.orm import Session

from shared.bus.event_processor import DependsOnEarlier, EventProcessor, Tables
from shared.bus.inbox import remember
from shared.bus.tables import FailedEventColumns
from shared.database import Utc, is_outage, took_too_long
from shared.events.encryption import Keyring
from shared.events.envelope import Event, NewerEvent, UnreadableEvent

WAITS = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600))
OUTAGE_WAIT = timedelta(seconds=30)
MOST_CRASHES = 3

# How long an attempt belongs to the worker that has begun it, unless that holds the row's lock for longer.
LEASE = timedelta(seconds=60)
BATCH = 50
LOOK_SECONDS = 2.0
NEWER = NewerEvent.__name__
GIVEN_BACK = "GivenBack: a worker that had taken the event ended, or lost the broker"
PROCESS_ENDED = "ProcessEnded: the service's process ended each time that it handled the event"

_HASH = "sha256:"

log = structlog.get_logger()

FAILED = Counter("bus_events_failed", "Attempts to handle an event that failed.", ["service"])
PARKED = Counter("bus_events_parked", "Events parked after the last attempt.", ["service"])
NEWER_EVENTS = Counter(
    "bus_events_newer",
    "Events of a later version than the service, which wait until it is replaced, by name.",
    ["service", "event"],
)


def keep(processor: EventProcessor, body: bytes, error: Exception) -> None:
    """Store an event that has just failed for the first time; one that is stored already stays as it is."""
    event_id, name = label(body)
    table, now = processor.tables.failed_events, processor.clock()
    with processor.sessions.begin() as session:
        if session.scalar(select(table.id).where(table.event_id == event_id)):
            return
        row = table()
        row.event_id, row.name, row.body = event_id, name, body
        row.attempts, row.first_failed_at = 0, now
        _fail(row, processor, error, session)
        session.add(row)
    _report(row, processor)


def set_aside(processor: EventProcessor, bodies: Sequence[bytes]) -> None:
    """Store events that the broker has given again, to be tried alone at once; not those that are handled or stored."""
    table, now = processor.tables.failed_events, processor.clock()
    labelled = {label(body): body for body in bodies}
    with processor.sessions.begin() as session:
        known = _known(session, processor.tables, [event_id for event_id, _ in labelled])
        for (event_id, name), body in labelled.items():
            if event_id not in known:
                row = table()
                row.event_id, row.name, row.body, row.reason = event_id, name, body, GIVEN_BACK
                row.attempts, row.first_failed_at, row.next_attempt_at = 0, now, now
                session.add(row)
    log.info("events_given_back", service=processor.service, events=len(labelled), known=len(known))


@dataclass(frozen=True)
class Retries:
    """The loop that tries failed events again: those whose wait is over, and at its start those of a later version.

    A worker that starts may be the replacement that the latter wait for.
    """

    processor: EventProcessor
    keyring: Keyring

    @property
    def name(self) -> str:
        """What the loop is called in logs and metrics."""
        return f"{self.processor.service}-retries"

    def run(self, stop: threading.Event) -> None:
        """Retry until stopped."""
        make_newer_due(self.processor)
        while not stop.is_set():
            if retry_due(self.processor, self.keyring, stop) < BATCH:
                stop.wait(LOOK_SECONDS)


def make_newer_due(processor: EventProcessor) -> None:
    """Let events of a later version wait no longer."""
    table = processor.tables.failed_events
    due = update(table).where(table.next_attempt_at.is_not(None), _is_newer(table))
    with processor.sessions.begin() as session:
        _changed(session, due.values(next_attempt_at=processor.clock()))


def retry_due(processor: EventProcessor, keyring: Keyring, stop: threading.Event | None = None) -> int:
    """Try those whose wait is over once more, each in its own transaction, until stopped; how many were due."""
    _note_no_death(processor)
    table, now = processor.tables.failed_events, processor.clock()
    with processor.sessions() as session:
        ids = session.scalars(_due(table.__table__), {"now": now}).all()
    for row_id in ids:
        if stop and stop.is_set():
            break
        processor.unnoted.add(row_id)
        if _begin(row_id, processor):
            _retry(row_id, processor, keyring)
        processor.unnoted.discard(row_id)
    return len(ids)


@cache
def _due(table: Any) -> Any:
    """Those whose wait is over; built once, since it is looked up every other second."""
    wait_ended = table.c.next_attempt_at <= bindparam("now", type_=Utc())
    return select(table.c.id).where(wait_ended).order_by(table.c.next_attempt_at).limit(BATCH)


def label(body: bytes) -> tuple[str, str]:
    """An id and a name to show for whatever came, readable or not; free of the event's data."""
    event = _envelope(body)
    return (str(event.id), event.name) if event else (f"{_HASH}{sha256(body).hexdigest()}", "unreadable")


@dataclass(frozen=True)
class FailedEventSummary:
    """One failed event as operators see it. `next_attempt_at` None: parked."""

    event_id: str
    name: str
    reason: str
    attempts: int
    first_failed_at: datetime
    next_attempt_at: datetime | None


@dataclass(frozen=True)
class Selection:
    """Which failed events to select: all, unless narrowed by ids, to parked ones, or by a part of the reason."""

    event_ids: tuple[str, ...] = ()
    parked: bool = False
    reason: str = ""

    def conditions(self, table: type[FailedEventColumns]) -> list[ColumnElement[bool]]:
        """The SQL conditions of the selection."""
        found: list[ColumnElement[bool]] = []
        if self.event_ids:
            found.append(table.event_id.in_(self.event_ids))
        if self.parked:
            found.append(table.next_attempt_at.is_(None))
        if self.reason:
            found.append(table.reason.icontains(self.reason, autoescape=True))
        return found


def listed(session: Session, table: type[FailedEventColumns], selection: Selection) -> list[FailedEventSummary]:
    """The selected failed events, the one that failed first at the top."""
    rows = select(table).where(*selection.conditions(table)).order_by(table.first_failed_at, table.id)
    return [
        FailedEventSummary(row.event_id, row.name, row.reason, row.attempts, row.first_failed_at, row.next_attempt_at)
        for row in session.scalars(rows)
    ]


def retry_now(session: Session, table: type[FailedEventColumns], selection: Selection, *, now: datetime) -> int:
    """Give the selected failed events a new round of attempts, beginning now; how many they are."""
    new_round = update(table).where(*selection.conditions(table))
    return _changed(session, new_round.values(next_attempt_at=now, attempts=0, crashes=0, begun_by=None))


def drop(session: Session, tables: Tables, selection: Selection, *, now: datetime) -> int:
    """Delete the selected failed events for good; how many they were.

    They are remembered as handled, or a replay would bring them back.
    """
    table, dropped = tables.failed_events, 0
    batch = select(table.id, table.body).where(*selection.conditions(table)).limit(BATCH)
    while rows := session.execute(batch).all():  # no statement has more parameters than a store takes
        if events := [event for row in rows if (event := _envelope(row.body))]:
            remember(session, tables.inbox, events, at=now)
        dropped += _changed(session, delete(table).where(table.id.in_([row.id for row in rows])))
    return dropped


@dataclass(frozen=True)
class Counts:
    """How many failed events wait for another attempt, wait for a newer version of the service, and are parked."""

    waiting: int
    newer: int
    parked: int


def count(session: Session, table: type[FailedEventColumns]) -> Counts:
    """The failed events of each kind."""
    wait = table.next_attempt_at
    newer = func.count(wait).filter(_is_newer(table))
    with_next, waiting_newer, total = session.execute(select(func.count(wait), newer, func.count())).one()
    return Counts(with_next - waiting_newer, waiting_newer, total - with_next)


def _is_newer(table: type[FailedEventColumns]) -> ColumnElement[bool]:
    return table.reason.startswith(NEWER)


def _envelope(body: bytes) -> Event | None:
    try:
        return Event.decode(body)
    except Exception:  # a body that no decoder accepts still needs an id and a name
        return None


def _known(session: Session, tables: Tables, event_ids: Sequence[str]) -> set[str]:
    """Those of the events that are handled or stored already."""
    stored = select(tables.failed_events.event_id).where(tables.failed_events.event_id.in_(event_ids))
    ids = [UUID(each) for each in event_ids if not each.startswith(_HASH)]
    handled = select(tables.inbox.event_id).where(tables.inbox.event_id.in_(ids))
    return {*session.scalars(stored), *map(str, session.scalars(handled))}


def _note_no_death(processor: EventProcessor) -> None:
    """Note that attempts have ended which the store was away for: this process lives, whoever has tried them since."""
    table = processor.tables.failed_events
    if processor.unnoted:
        lived = update(table).where(table.id.in_(processor.unnoted))
        others = case((table.begun_by != processor.worker, table.begun_by))
        with processor.sessions.begin() as session:
            _changed(session, lived.values(crashes=0, begun_by=others))
        processor.unnoted.clear()


def _begin(row_id: int, processor: EventProcessor) -> bool:
    """Note that an attempt begins, unless another worker's has. An event that ends processes is parked instead."""
    table, now = processor.tables.failed_events, processor.clock()
    if_due = select(table).where(table.id == row_id, table.next_attempt_at <= now).with_for_update(skip_locked=True)
    with processor.sessions.begin() as session:
        row = session.scalar(if_due)
        if row is None:
            return False
        if row.begun_by not in (None, processor.worker):
            row.crashes += 1
        row.begun_by, row.next_attempt_at = processor.worker, now + LEASE
        if row.crashes >= MOST_CRASHES:
            row.begun_by, row.next_attempt_at, row.reason = None, None, PROCESS_ENDED
    if row.next_attempt_at is None:
        _report(row, processor)
    return row.next_attempt_at is not None


def _retry(row_id: int, processor: EventProcessor, keyring: Keyring) -> None:
    """Make the attempt that this worker has begun."""
    table = processor.tables.failed_events
    own = select(table).where(table.id == row_id, table.begun_by == processor.worker)
    own = own.with_for_update(skip_locked=True)
    try:
        with processor.sessions.begin() as session:
            row = session.scalar(own)
            if row is None:
                return
            event = Event.decode(row.body, keyring)
            processor.handle_in(session, [event])
            session.delete(row)
    except Exception as error:  # whatever a handler raises is the event's next reason
        with processor.sessions.begin() as session:
            if row := session.scalar(own):
                row.begun_by, row.crashes = None, 0
                _fail(row, processor, error, session)
        if row:
            _report(row, processor)
    else:
        processor.count([event])
        log.info("failed_event_handled", service=processor.service, event_name=event.name, event_id=str(event.id))


def _fail(row: FailedEventColumns, processor: EventProcessor, error: Exception, session: Session) -> None:
    if is_outage(error) and not took_too_long(error):
        row.reason, row.next_attempt_at = _reason(error), processor.clock() + OUTAGE_WAIT
        return
    if isinstance(error, DependsOnEarlier) and _some_wait_for_a_newer_version(session, processor):
        error = NewerEvent(f"depends on an event that is: {type(error).__name__}")
    newer = isinstance(error, NewerEvent)
    if row.attempts and row.reason.startswith(NEWER) and not newer:
        row.attempts = 0  # the service that knows the event has only now begun to try it
    row.attempts += 1
    row.reason = _reason(error)
    gives_up = isinstance(error, UnreadableEvent) or (row.attempts > len(WAITS) and not newer)
    row.next_attempt_at = None if gives_up else processor.clock() + WAITS[min(row.attempts, len(WAITS)) - 1]


def _some_wait_for_a_newer_version(session: Session, processor: EventProcessor) -> bool:
    table = processor.tables.failed_events
    waiting = select(table.id).where(table.next_attempt_at.is_not(None), _is_newer(table))
    return session.scalar(waiting.limit(1)) is not None


def _report(row: FailedEventColumns, processor: EventProcessor) -> None:
    """Count and log a failed attempt, once it is stored."""
    parked, newer = row.next_attempt_at is None, row.reason.startswith(NEWER)
    (PARKED if parked else FAILED).labels(processor.service).inc()
    if newer and row.attempts == 1:
        NEWER_EVENTS.labels(processor.service, row.name).inc()
    log.warning(
        "event_parked" if parked else "event_newer" if newer else "event_failed",
        service=processor.service,
        event_name=row.name,
        event_id=row.event_id,
        attempts=row.attempts,
        reason=row.reason,
    )


def _reason(error: Exception) -> str:
    """The class of the error, and its message only where the class is our own: a library's may quote the event."""
    kind = type(error).__name__
    ours = type(error).__module__.startswith(("shared.", "services."))
    storable = "".join(letter for letter in str(error)[:300] if letter.isprintable())
    return f"{kind}: {storable}" if ours and storable else kind


def _changed(session: Session, statement: object) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
    return int(result.rowcount)
