"""Events received about submissions: stored as they came, and opened again when somebody reads the timeline."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import bindparam, case, exists, func, insert, select, update
from sqlalchemy.orm import Session

from services.intake.submissions.models import Submission
from services.intake.tracking.models import ReceivedEvent
from shared.bulk import Rows, Table, as_json, given, types_of
from shared.bus.event_processor import DependsOnEarlier, OpenedEvent
from shared.events import notify, routing
from shared.events.envelope import TYPE_PREFIX, Event, NewerEvent, UnreadableEvent
from shared.events.intake import SubmissionDecisionRequested
from shared.events.notify import NotificationPayload
from shared.events.payloads import EventPayload
from shared.events.routing import CasePayload, CaseRegistered

DELIVERED = "delivered"
_UNCHANGED = {"registered_at": None, "receipt_outcome": None}

log = structlog.get_logger()

_STORED: tuple[type[EventPayload], ...] = (*routing.EVENTS, *notify.EVENTS, SubmissionDecisionRequested)
_KINDS: Mapping[str, type[EventPayload]] = {kind.NAME: kind for kind in _STORED}


class UnknownSubmission(DependsOnEarlier):
    """An event is about a submission that is not here: it fails and is tried again, so that no event is lost."""


def record(session: Session, opened: Sequence[OpenedEvent[CasePayload | NotificationPayload]]) -> None:
    """Store events of cases and notifications; a receipt that once was delivered stays so. Raises UnknownSubmission.

    All the submissions that a batch changes are changed in one order: two workers wait for no circle.
    """
    _store(session, opened)
    changes: dict[UUID, dict[str, Any]] = {}
    for each in opened:
        if changed := _changed_by(each.payload):
            submission_id = each.payload.submission_id
            row = changes.setdefault(
                submission_id, {"id": submission_id, "municipality": each.event.municipality, **_UNCHANGED}
            )
            if row["receipt_outcome"] != DELIVERED or "receipt_outcome" not in changed:
                row |= changed
    if changes:
        change = _change_in_order if session.connection().dialect.name == "postgresql" else _change
        _run(session, change, Submission, [changes[key] for key in sorted(changes)])


def keep(session: Session, submission: Submission, event: Event) -> None:
    """Keep an event that intake itself publishes about the submission."""
    session.execute(insert(ReceivedEvent).values(_row(event, submission.id)))


def decision_request_of(session: Session, submission: Submission) -> SubmissionDecisionRequested | None:
    """What the submitter requested on the status page; None: nothing."""
    row = session.scalar(
        select(ReceivedEvent).where(
            ReceivedEvent.municipality == submission.municipality,
            ReceivedEvent.submission_id == submission.id,
            ReceivedEvent.name == SubmissionDecisionRequested.NAME,
        )
    )
    return SubmissionDecisionRequested.open(_event(row, SubmissionDecisionRequested)) if row else None


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
    rows = [_row(each.event, each.payload.submission_id) for each in opened]
    if _run(session, _insert, ReceivedEvent, rows).rowcount < len(rows):
        raise UnknownSubmission("an event is about a submission that is not here")


def _row(event: Event, submission_id: UUID) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "municipality": event.municipality,
        "submission_id": submission_id,
        "name": event.name,
        "version": event.version,
        "sequence": event.sequence,
        "at": event.time,
        "payload": event.data,
    }


def _changed_by(payload: CasePayload | NotificationPayload) -> dict[str, Any]:
    """What the event changes in its submission."""
    if isinstance(payload, CaseRegistered):
        return {"registered_at": payload.at}
    if isinstance(payload, NotificationPayload) and payload.message == "receipt":
        return {"receipt_outcome": payload.NAME.rpartition(".")[2]}
    return {}


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


def _change(rows: Any) -> Any:
    stays = Submission.receipt_outcome == DELIVERED
    outcome = case((stays, DELIVERED), else_=func.coalesce(rows["receipt_outcome"], Submission.receipt_outcome))
    return (
        update(Submission)
        .where(Submission.id == rows["id"], Submission.municipality == rows["municipality"])
        .values(
            registered_at=func.coalesce(rows["registered_at"], Submission.registered_at),
            receipt_outcome=outcome,
        )
    )


def _change_in_order(rows: Any) -> Any:
    """The same, which locks first: the order in which an UPDATE comes to its rows is the planner's."""
    theirs = select(Submission.id).where(Submission.id.in_(select(rows["id"]))).order_by(Submission.id)
    locked = theirs.with_for_update(key_share=True).cte("locked")
    return _change(rows).where(locked.c.id == Submission.id)
