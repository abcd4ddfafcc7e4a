"""Creating notifications: stored in the transaction that handles the event, sent later by the dispatcher."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from services.notify.delivery.models import Notification
from services.notify.models import insert_unless_present
from shared.events.envelope import Event


def create(
    session: Session,
    event: Event,
    *,
    submission_id: UUID,
    eservice: str,
    message: str,
    content: Mapping[str, Any],
) -> None:
    """Create the event's notification, once for each event, and a receipt once for each submission.

    The contact may not be known yet: the notification is then sent when `submission.received` has come. Its id is
    made from the event, so that a message that is created again after the database was lost is the same mail.
    """
    insert_unless_present(
        session,
        Notification,
        id=uuid5(event.id, message),
        municipality=event.municipality,
        submission_id=submission_id,
        event_id=event.id,
        eservice=eservice,
        message=message,
        content=content,
        traceparent=event.traceparent,
        occurred_at=event.time,
        next_attempt_at=event.time,
    )
