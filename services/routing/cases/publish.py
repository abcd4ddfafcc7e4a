"""Publishing events of a case, through routing's outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.routing.cases.models import Case
from services.routing.models import Outbox
from shared.bus import outbox
from shared.events.payloads import EventPayload


def case_fields(case: Case, at: datetime) -> dict[str, Any]:
    """The fields that the payload of every event of the case has."""
    return {
        "case_id": case.id,
        "submission_id": case.submission_id,
        "case_number": case.number,
        "eservice": case.eservice,
        "state": case.state,
        "at": at,
    }


def publish(session: Session, case: Case, payload: EventPayload, *, sequence: int, at: datetime) -> None:
    """Publish the event when, and only when, this transaction commits; `sequence` is its journal entry's number."""
    event = payload.event(subject=case.id, municipality=case.municipality, sequence=sequence, at=at)
    session.add(Outbox(**outbox.row(event, secret=case.secret or case.protected)))
