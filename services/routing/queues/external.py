"""Handling queues that another system works over the bus: what is put in them is published on `arende.handling`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.routing.cases.models import CaseIdentity
from services.routing.cases.publish import case_fields
from services.routing.models import Outbox
from services.routing.organisation.organisation import Queue, handling_key
from shared.bus import outbox
from shared.bus.topology import HANDLING_EXCHANGE
from shared.events.routing import CaseQueued


def publish_to_queue(
    session: Session, case: CaseIdentity, queue: Queue, reason: Mapping[str, str], *, sequence: int, at: datetime
) -> None:
    """Publish to the system that works the queue, where there is one, that the case is put in it."""
    payload = CaseQueued(**case_fields(case, at), queue=queue.code, queue_name=dict(queue.name), reason=dict(reason))
    session.add_all(Outbox(**row) for row in rows_for_queue(case, queue, payload, sequence=sequence, at=at))


def rows_for_queue(
    case: CaseIdentity, queue: Queue, queued: CaseQueued, *, sequence: int, at: datetime
) -> list[dict[str, Any]]:
    """The outbox row that publishes it, where another system works the queue. A protected case is published to none."""
    if not queue.publish or case.protected:
        return []
    event = queued.event(subject=case.id, municipality=case.municipality, sequence=sequence, at=at)
    key = handling_key(queue.code, case.municipality)
    return [outbox.row(event, secret=case.secret, exchange=HANDLING_EXCHANGE, key=key)]
