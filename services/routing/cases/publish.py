"""Publishing events of a case, through routing's outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.routing.cases.models import CaseIdentity
from services.routing.models import Outbox
from shared.bus import outbox
from shared.events.payloads import EventPayload


def case_fields(case: CaseIdentity, at: datetime) -> dict[str, Any]:
    """The fields that the payload of every event of the case has."""
    return {
        "case_id": case.id,
        "submission_id": case.submission_id,
        "case_number": case.number,
        "eservice": case.eservice,
        "state": case.state,
        "at": at,
    }


def publish(session: Session, case: CaseIdentity, payload: EventPayload, *, sequence: int, at: datetime) -> None:
    """Publish the event when, and only when, this transaction commits; `sequence` is its journal entry's number."""
    session.add(Outbox(**outbox_row(case, payload, sequence=sequence, at=at)))


def outbox_row(case: CaseIdentity, payload: EventPayload, *, sequence: int, at: datetime) -> dict[str, Any]:
    """The outbox row that publishes the event, for a statement that inserts many."""
    event = payload.event(subject=case.id, municipality=case.municipality, sequence=sequence, at=at)
    return outbox.row(event, secret=case.secret or case.protected)
