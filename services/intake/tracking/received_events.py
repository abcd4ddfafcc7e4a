"""What is heard about submissions, kept as it was told; the timeline is made from it when somebody reads."""

from typing import Any

from sqlalchemy import bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from services.intake.models import ReceivedEvent, Submission
from shared.events.envelope import Event
from shared.events.notify import NotificationPayload
from shared.events.payloads import plain
from shared.events.routing import CasePayload, CaseRegistered

DELIVERED = "delivered"


class UnknownSubmission(Exception):
    """An event tells of a submission that is not here: it is held and tried again, so as not to be lost in silence."""


def case_told(session: Session, event: Event, fact: CasePayload) -> None:
    """Keep what routing told about a submission's case. Raises UnknownSubmission."""
    _keep(session, event, fact)
    if isinstance(fact, CaseRegistered):
        session.connection().execute(_REGISTERED, {**_which(event, fact), "at": fact.at})


def notification_told(session: Session, event: Event, fact: NotificationPayload) -> None:
    """Keep how it went to notify the submitter; what once was delivered stays so. Raises UnknownSubmission."""
    _keep(session, event, fact)
    if fact.message == "receipt":
        outcome = fact.NAME.rpartition(".")[2]
        session.connection().execute(_RECEIPT, {**_which(event, fact), "outcome": outcome})


def _keep(session: Session, event: Event, fact: CasePayload | NotificationPayload) -> None:
    row = {
        "event_id": event.id,
        "municipality": event.municipality,
        "submission_id": fact.submission_id,
        "name": event.name,
        "sequence": event.sequence,
        "at": event.time,
        "payload": plain(fact),
    }
    if session.connection().execute(_INSERT, row).rowcount == 0:
        raise UnknownSubmission(f"{event.name} tells of a submission that is not here")


def _which(event: Event, fact: CasePayload | NotificationPayload) -> dict[str, Any]:
    return {"of": fact.submission_id, "within": event.municipality}


# Statements made once: events come by the hundred, and to build a statement costs more than to run it.

_told = {column.name: bindparam(column.name, type_=column.type) for column in ReceivedEvent.__table__.columns}
_ours = exists().where(Submission.id == _told["submission_id"], Submission.municipality == _told["municipality"])
_INSERT = insert(ReceivedEvent).from_select([*_told], select(*_told.values()).where(_ours))

_theirs = update(Submission).where(Submission.id == bindparam("of"), Submission.municipality == bindparam("within"))
_undelivered = or_(Submission.receipt_outcome.is_(None), Submission.receipt_outcome != DELIVERED)
_REGISTERED = _theirs.values(registered_at=bindparam("at"))
_RECEIPT = _theirs.where(_undelivered).values(receipt_outcome=bindparam("outcome"))
