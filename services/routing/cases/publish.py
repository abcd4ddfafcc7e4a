"""What routing tells the others of a case, through its outbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.routing.models import Case, Outbox
from services.routing.organisation.organisation import Queue, handling_key
from shared.bus import outbox
from shared.bus.topology import HANDLING_EXCHANGE
from shared.events.payloads import EventPayload
from shared.events.routing import CaseQueued


def told(case: Case, at: datetime) -> dict[str, Any]:
    """The members that every event of the case has."""
    return {
        "case_id": case.id,
        "submission_id": case.submission_id,
        "case_number": case.number,
        "eservice": case.eservice,
        "state": case.state,
        "at": at,
    }


def tell(session: Session, case: Case, fact: EventPayload, *, sequence: int, at: datetime) -> None:
    """Tell the fact when, and only when, this transaction commits; `sequence` is its journal entry's number."""
    event = fact.event(subject=case.id, municipality=case.municipality, sequence=sequence, at=at)
    session.add(Outbox(**outbox.row(event, secret=case.secret)))


def hand_out(
    session: Session, case: Case, queue: Queue, reason: Mapping[str, str], *, sequence: int, at: datetime
) -> None:
    """Let a system that works the queue over the bus know of the case, when the queue is published."""
    if not queue.publish:
        return
    fact = CaseQueued(**told(case, at), queue=queue.code, queue_name=dict(queue.name), reason=dict(reason))
    event = fact.event(subject=case.id, municipality=case.municipality, sequence=sequence, at=at)
    key = handling_key(queue.code, case.municipality)
    session.add(Outbox(**outbox.row(event, secret=case.secret, exchange=HANDLING_EXCHANGE, key=key)))
