"""Events that could not be handled: they wait, longer each time, for another attempt, and are parked after the last.

They are kept in the service's own store, so waiting, listing, retrying and dropping are the same on every
broker (docs/decisions/0002). An event that can never be read is parked at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from prometheus_client import Counter
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shared.bus.event_processor import EventProcessor, Tables
from shared.bus.inbox import remember
from shared.bus.tables import FailedEventColumns
from shared.events.encryption import Keyring
from shared.events.envelope import Event, UnreadableEvent

WAITS = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600))
BATCH = 50

log = structlog.get_logger()

FAILED = Counter("bus_events_failed", "Attempts to handle an event that failed.", ["service"])
PARKED = Counter("bus_events_parked", "Events parked after the last attempt.", ["service"])


def hold(processor: EventProcessor, body: bytes, fault: Exception) -> None:
    """Keep an event that has just failed for the first time; one that is held already stays as it is."""
    event_id, name = label(body)
    held, now = processor.tables.failed_events, processor.clock()
    with processor.sessions.begin() as session:
        if session.scalar(select(held.id).where(held.event_id == event_id)):
            return
        row = held()
        row.event_id, row.name, row.body = event_id, name, body
        row.attempts, row.first_failed_at = 0, now
        _fail(row, processor, fault)
        session.add(row)
    _tell(row, processor)


def retry_due(processor: EventProcessor, keyring: Keyring) -> int:
    """Try those whose wait is over once more, each in its own transaction; how many were tried."""
    held, now = processor.tables.failed_events, processor.clock()
    due = select(held.id).where(held.next_attempt_at <= now).order_by(held.next_attempt_at).limit(BATCH)
    with processor.sessions.begin() as session:
        ids = session.scalars(due).all()
    for held_id in ids:
        _retry(held_id, processor, keyring)
    return len(ids)


def park(processor: EventProcessor, body: bytes, reason: str) -> None:
    """Keep an event that must not be tried again before a person has looked at it."""
    hold(processor, body, UnreadableEvent(reason))


def label(body: bytes) -> tuple[str, str]:
    """An id and a name to show for whatever came, readable or not; free of what the event says."""
    event = _envelope(body)
    return (str(event.id), event.name) if event else (f"sha256:{sha256(body).hexdigest()}", "unreadable")


@dataclass(frozen=True)
class FailedEventSummary:
    """One held event as operators see it. `next_attempt_at` None: parked."""

    event_id: str
    name: str
    reason: str
    attempts: int
    first_failed_at: datetime
    next_attempt_at: datetime | None


def listed(session: Session, table: type[FailedEventColumns]) -> list[FailedEventSummary]:
    """All held events, the longest held first."""
    return [
        FailedEventSummary(row.event_id, row.name, row.reason, row.attempts, row.first_failed_at, row.next_attempt_at)
        for row in session.scalars(select(table).order_by(table.first_failed_at, table.id))
    ]


def retry_now(session: Session, table: type[FailedEventColumns], event_ids: Sequence[str], *, now: datetime) -> int:
    """Give held events a new round of attempts, beginning now; all of them when no id is named."""
    chosen = update(table).values(next_attempt_at=now, attempts=0)
    return _changed(session, chosen.where(table.event_id.in_(event_ids)) if event_ids else chosen)


def drop(session: Session, tables: Tables, event_ids: Sequence[str], *, now: datetime) -> int:
    """Delete parked or waiting events for good; how many there were.

    They are remembered as handled, or a replay would bring them back.
    """
    held = tables.failed_events
    bodies = session.scalars(select(held.body).where(held.event_id.in_(event_ids))).all()
    if events := [event for body in bodies if (event := _envelope(body))]:
        remember(session, tables.inbox, events, at=now)
    return _changed(session, delete(held).where(held.event_id.in_(event_ids)))


def counts(session: Session, table: type[FailedEventColumns]) -> tuple[int, int]:
    """How many wait for another attempt, and how many are parked."""
    waiting, total = session.execute(select(func.count(table.next_attempt_at), func.count())).one()
    return waiting, total - waiting


def _envelope(body: bytes) -> Event | None:
    try:
        return Event.decode(body)
    except Exception:  # whatever no decoder takes comes here to be given a name
        return None


def _retry(held_id: int, processor: EventProcessor, keyring: Keyring) -> None:
    """Try the event once more, unless another worker has just done so or is doing it."""
    held = processor.tables.failed_events
    mine = select(held).where(held.id == held_id, held.next_attempt_at <= processor.clock())
    mine = mine.with_for_update(skip_locked=True)
    try:
        with processor.sessions.begin() as session:
            row = session.scalar(mine)
            if row is None:
                return
            event = Event.decode(row.body, keyring)
            processor.act([event], session)
            session.delete(row)
    except Exception as fault:  # whatever a handler raises is the event's next reason
        with processor.sessions.begin() as session:
            if row := session.scalar(mine):
                _fail(row, processor, fault)
        if row:
            _tell(row, processor)
    else:
        processor.count([event])
        log.info("held_event_handled", service=processor.service, event_name=event.name)


def _fail(row: FailedEventColumns, processor: EventProcessor, fault: Exception) -> None:
    row.attempts += 1
    row.reason = _reason(fault)
    hopeless = isinstance(fault, UnreadableEvent) or row.attempts > len(WAITS)
    row.next_attempt_at = None if hopeless else processor.clock() + WAITS[row.attempts - 1]


def _tell(row: FailedEventColumns, processor: EventProcessor) -> None:
    """Count and log a failed attempt, once the store has it."""
    parked = row.next_attempt_at is None
    (PARKED if parked else FAILED).labels(processor.service).inc()
    log.warning(
        "event_parked" if parked else "event_held",
        service=processor.service,
        event_name=row.name,
        event_id=row.event_id,
        attempts=row.attempts,
        reason=row.reason,
    )


def _reason(fault: Exception) -> str:
    """The kind of fault, and its message only where the message is ours: a library's may quote the event."""
    kind = type(fault).__name__
    ours = type(fault).__module__.startswith(("shared.", "services."))
    storable = "".join(letter for letter in str(fault)[:300] if letter.isprintable())
    return f"{kind}: {storable}" if ours and storable else kind


def _changed(session: Session, statement: object) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
    return int(result.rowcount)
