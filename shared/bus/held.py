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

from shared.bus.handling import Listening, Tables
from shared.bus.inbox import remember
from shared.bus.tables import HeldColumns
from shared.events.envelope import Event, UnreadableEvent
from shared.events.sealing import Keyring

WAITS = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600))
BATCH = 50

log = structlog.get_logger()

HELD = Counter("bus_events_held", "Attempts to handle an event that failed.", ["service"])
PARKED = Counter("bus_events_parked", "Events parked after the last attempt.", ["service"])


def hold(listening: Listening, body: bytes, fault: Exception) -> None:
    """Keep an event that has just failed for the first time; one that is held already stays as it is."""
    event_id, name = label(body)
    held, now = listening.tables.held, listening.clock()
    with listening.sessions.begin() as session:
        if session.scalar(select(held.id).where(held.event_id == event_id)):
            return
        row = held()
        row.event_id, row.name, row.body = event_id, name, body
        row.attempts, row.held_since = 0, now
        _fail(row, listening, fault)
        session.add(row)
    _tell(row, listening)


def retry_due(listening: Listening, keyring: Keyring) -> int:
    """Try those whose wait is over once more, each in its own transaction; how many were tried."""
    held, now = listening.tables.held, listening.clock()
    due = select(held.id).where(held.next_attempt_at <= now).order_by(held.next_attempt_at).limit(BATCH)
    with listening.sessions.begin() as session:
        ids = session.scalars(due).all()
    for held_id in ids:
        _retry(held_id, listening, keyring)
    return len(ids)


def park(listening: Listening, body: bytes, reason: str) -> None:
    """Keep an event that must not be tried again before a person has looked at it."""
    hold(listening, body, UnreadableEvent(reason))


def label(body: bytes) -> tuple[str, str]:
    """An id and a name to show for whatever came, readable or not; free of what the event says."""
    event = _envelope(body)
    return (str(event.id), event.name) if event else (f"sha256:{sha256(body).hexdigest()}", "unreadable")


@dataclass(frozen=True)
class HeldEvent:
    """One held event as operators see it. `next_attempt_at` None: parked."""

    event_id: str
    name: str
    reason: str
    attempts: int
    held_since: datetime
    next_attempt_at: datetime | None


def listed(session: Session, table: type[HeldColumns]) -> list[HeldEvent]:
    """All held events, the longest held first."""
    return [
        HeldEvent(row.event_id, row.name, row.reason, row.attempts, row.held_since, row.next_attempt_at)
        for row in session.scalars(select(table).order_by(table.held_since, table.id))
    ]


def retry_now(session: Session, table: type[HeldColumns], event_ids: Sequence[str], *, now: datetime) -> int:
    """Give held events a new round of attempts, beginning now; all of them when no id is named."""
    chosen = update(table).values(next_attempt_at=now, attempts=0)
    return _changed(session, chosen.where(table.event_id.in_(event_ids)) if event_ids else chosen)


def drop(session: Session, tables: Tables, event_ids: Sequence[str], *, now: datetime) -> int:
    """Delete parked or waiting events for good; how many there were.

    They are remembered as handled, or a replay would bring them back.
    """
    held = tables.held
    bodies = session.scalars(select(held.body).where(held.event_id.in_(event_ids))).all()
    if events := [event for body in bodies if (event := _envelope(body))]:
        remember(session, tables.inbox, events, at=now)
    return _changed(session, delete(held).where(held.event_id.in_(event_ids)))


def counts(session: Session, table: type[HeldColumns]) -> tuple[int, int]:
    """How many wait for another attempt, and how many are parked."""
    waiting, total = session.execute(select(func.count(table.next_attempt_at), func.count())).one()
    return waiting, total - waiting


def _envelope(body: bytes) -> Event | None:
    try:
        return Event.decode(body)
    except Exception:  # whatever no decoder takes comes here to be given a name
        return None


def _retry(held_id: int, listening: Listening, keyring: Keyring) -> None:
    """Try the event once more, unless another worker has just done so or is doing it."""
    held = listening.tables.held
    mine = select(held).where(held.id == held_id, held.next_attempt_at <= listening.clock())
    mine = mine.with_for_update(skip_locked=True)
    try:
        with listening.sessions.begin() as session:
            row = session.scalar(mine)
            if row is None:
                return
            event = Event.decode(row.body, keyring)
            listening.act([event], session)
            session.delete(row)
    except Exception as fault:  # whatever a handler raises is the event's next reason
        with listening.sessions.begin() as session:
            if row := session.scalar(mine):
                _fail(row, listening, fault)
        if row:
            _tell(row, listening)
    else:
        listening.count([event])
        log.info("held_event_handled", service=listening.service, event_name=event.name)


def _fail(row: HeldColumns, listening: Listening, fault: Exception) -> None:
    row.attempts += 1
    row.reason = _reason(fault)
    hopeless = isinstance(fault, UnreadableEvent) or row.attempts > len(WAITS)
    row.next_attempt_at = None if hopeless else listening.clock() + WAITS[row.attempts - 1]


def _tell(row: HeldColumns, listening: Listening) -> None:
    """Count and log a failed attempt, once the store has it."""
    parked = row.next_attempt_at is None
    (PARKED if parked else HELD).labels(listening.service).inc()
    log.warning(
        "event_parked" if parked else "event_held",
        service=listening.service,
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
