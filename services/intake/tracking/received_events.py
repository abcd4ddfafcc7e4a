"""Events received about submissions: stored as they came, and opened again when somebody reads the timeline."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import structlog
from sqlalchemy import bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from services.intake.submissions.models import Submission
from services.intake.tracking.models import ReceivedEvent
from shared.bulk import Rows, Table, as_json, given, types_of
from shared.bus.event_processor import DependsOnEarlier, OpenedEvent
from shared.events import notify, routing
from shared.events.envelope import TYPE_PREFIX, Event, NewerEvent, UnreadableEvent
from shared.events.notify import NotificationPayload
from shared.events.payloads import EventPayload
from shared.events.routing import CasePayload, CaseRegistered

DELIVERED = "delivered"

log = structlog.get_logger()

_KINDS: Mapping[str, type[EventPayload]] = {kind.NAME: kind for kind in (*routing.EVENTS, *notify.EVENTS)}


class UnknownSubmission(DependsOnEarlier):
    """An event is about a submission that is not here: it fails and is tried again, so that no event is lost."""


def record_case_events(session: Session, opened: Sequence[OpenedEvent[CasePayload]]) -> None:
    """Store events of submissions' cases. Raises UnknownSubmission."""
    _store(session, opened)
    registered = [
        {**_submission_of(each), "registered_at": each.payload.at}
        for each in opened
        if isinstance(each.payload, CaseRegistered)
    ]
    _update(session, _registered, registered)


def record_notification_events(session: Session, opened: Sequence[OpenedEvent[NotificationPayload]]) -> None:
    """Store the outcomes of notifications; what once was delivered stays so. Raises UnknownSubmission."""
    _store(session, opened)
    receipts = [
        {**_submission_of(each), "receipt_outcome": each.payload.NAME.rpartition(".")[2]}
        for each in opened
        if each.payload.message == "receipt"
    ]
    _update(session, _receipt, sorted(receipts, key=lambda each: each["receipt_outcome"] == DELIVERED))


def payload_of(row: ReceivedEvent) -> EventPayload | None:
    """The payload of a stored event; None, and a line in the log, for one that only a newer version can read.

    Services are replaced one at a time, and a new version may be taken back: then there are such events, and the
    submitter's page goes on without them.
    """
    kind = _KINDS.get(row.name)
    try:
        if kind is None:
            raise UnreadableEvent(f"{row.name}: not known here")
        return kind.open(_event(row, kind))
    except (NewerEvent, UnreadableEvent) as error:
        log.warning("received_event_unreadable", event_id=str(row.event_id), name=row.name, reason=str(error))
        return None


def _event(row: ReceivedEvent, kind: type[EventPayload]) -> Event:
    return Event(
        id=row.event_id,
        source=kind.SOURCE,
        type=f"{TYPE_PREFIX}{row.name}.v{row.version}",
        subject=str(row.submission_id),
        time=row.at,
        municipality=row.municipality,
        sequence=row.sequence,
        traceparent="",
        data=row.payload,
    )


def _store(session: Session, opened: Sequence[OpenedEvent[Any]]) -> None:
    """Store the events as they came: a payload of an older version is lifted when it is read."""
    rows = [
        {
            "event_id": each.event.id,
            "municipality": each.event.municipality,
            "submission_id": each.payload.submission_id,
            "name": each.event.name,
            "version": each.event.version,
            "sequence": each.event.sequence,
            "at": each.event.time,
            "payload": each.event.data,
        }
        for each in opened
    ]
    if _run(session, _insert, ReceivedEvent, rows).rowcount < len(rows):
        raise UnknownSubmission("an event is about a submission that is not here")


def _submission_of(each: OpenedEvent[Any]) -> dict[str, Any]:
    return {"id": each.payload.submission_id, "municipality": each.event.municipality}


def _update(session: Session, statement: Callable[[Any], Any], rows: Sequence[dict[str, Any]]) -> None:
    """Update each submission once, by its last row, in the order of their ids: two workers wait for no circle."""
    last = {row["id"]: row for row in rows}
    if last:
        _run(session, statement, Submission, [last[key] for key in sorted(last)])


def _run(session: Session, statement: Callable[[Any], Any], table: Table, rows: Rows) -> Any:
    """Run the statement for the rows, on PostgreSQL once for all of them, on SQLite for each; `rowcount` is of all."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        built = _of_all(statement, table, tuple(rows[0]))
        return connection.execute(built, {"rows": as_json(table, rows)}, execution_options=_COUNTED)
    each_row = [{f"given_{name}": value for name, value in row.items()} for row in rows]
    return connection.execute(_of_each(statement, table), each_row, execution_options=_COUNTED)


_COUNTED = {"preserve_rowcount": True}


@cache
def _of_all(statement: Callable[[Any], Any], table: Table, names: tuple[str, ...]) -> Any:
    return statement(given("rows", types_of(table, names)).c)


@cache
def _of_each(statement: Callable[[Any], Any], table: Table) -> Any:
    columns = table.__table__.columns
    return statement({each.name: bindparam(f"given_{each.name}", type_=each.type) for each in columns})


# The statements, of the rows that they are given: columns of a table on PostgreSQL, parameters on SQLite.

_COLUMNS = [column.name for column in ReceivedEvent.__table__.columns]


def _insert(rows: Any) -> Any:
    ours = exists().where(Submission.id == rows["submission_id"], Submission.municipality == rows["municipality"])
    return insert(ReceivedEvent).from_select(_COLUMNS, select(*(rows[name] for name in _COLUMNS)).where(ours))


def _of_submission(rows: Any) -> Any:
    return update(Submission).where(Submission.id == rows["id"], Submission.municipality == rows["municipality"])


def _registered(rows: Any) -> Any:
    return _of_submission(rows).values(registered_at=rows["registered_at"])


def _receipt(rows: Any) -> Any:
    undelivered = or_(Submission.receipt_outcome.is_(None), Submission.receipt_outcome != DELIVERED)
    return _of_submission(rows).where(undelivered).values(receipt_outcome=rows["receipt_outcome"])
