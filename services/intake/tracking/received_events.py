"""Events received about submissions: stored as they came, and opened again when somebody reads the timeline."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from services.intake.submissions.models import Submission
from services.intake.tracking.models import ReceivedEvent
from shared.bus.event_processor import DependsOnEarlier
from shared.events import notify, routing
from shared.events.envelope import TYPE_PREFIX, Event, NewerEvent, UnreadableEvent
from shared.events.notify import NotificationPayload
from shared.events.payloads import EventPayload, plain
from shared.events.routing import CasePayload, CaseRegistered

DELIVERED = "delivered"

log = structlog.get_logger()

_KINDS: Mapping[str, type[EventPayload]] = {kind.NAME: kind for kind in (*routing.EVENTS, *notify.EVENTS)}


class UnknownSubmission(DependsOnEarlier):
    """An event is about a submission that is not here: it fails and is tried again, so that no event is lost."""


def record_case_event(session: Session, event: Event, payload: CasePayload) -> None:
    """Store an event of a submission's case. Raises UnknownSubmission."""
    _store(session, event, payload)
    if isinstance(payload, CaseRegistered):
        session.connection().execute(_REGISTERED, {**_which(event, payload), "at": payload.at})


def record_notification_event(session: Session, event: Event, payload: NotificationPayload) -> None:
    """Store the outcome of a notification; what once was delivered stays so. Raises UnknownSubmission."""
    _store(session, event, payload)
    if payload.message == "receipt":
        outcome = payload.NAME.rpartition(".")[2]
        session.connection().execute(_RECEIPT, {**_which(event, payload), "outcome": outcome})


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


def _store(session: Session, event: Event, payload: CasePayload | NotificationPayload) -> None:
    row = {
        "event_id": event.id,
        "municipality": event.municipality,
        "submission_id": payload.submission_id,
        "name": event.name,
        "version": payload.VERSION,
        "sequence": event.sequence,
        "at": event.time,
        "payload": plain(payload),
    }
    if session.connection().execute(_INSERT, row).rowcount == 0:
        raise UnknownSubmission(f"{event.name} is about a submission that is not here")


def _which(event: Event, payload: CasePayload | NotificationPayload) -> dict[str, Any]:
    return {"of": payload.submission_id, "within": event.municipality}


# Statements are built once: events come by the hundred, and building one costs more than running it.

_columns = {column.name: bindparam(column.name, type_=column.type) for column in ReceivedEvent.__table__.columns}
_ours = exists().where(Submission.id == _columns["submission_id"], Submission.municipality == _columns["municipality"])
_INSERT = insert(ReceivedEvent).from_select([*_columns], select(*_columns.values()).where(_ours))

_submission = update(Submission).where(Submission.id == bindparam("of"), Submission.municipality == bindparam("within"))
_undelivered = or_(Submission.receipt_outcome.is_(None), Submission.receipt_outcome != DELIVERED)
_REGISTERED = _submission.values(registered_at=bindparam("at"))
_RECEIPT = _submission.where(_undelivered).values(receipt_outcome=bindparam("outcome"))
