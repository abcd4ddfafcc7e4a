"""Creating notifications: stored in the transaction that handles the events, sent later by the dispatcher."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from services.notify.delivery.models import Notification, NotificationState
from shared.bulk import insert_new
from shared.events.envelope import Event


def notification_of(
    event: Event, *, submission_id: UUID, eservice: str, message: str, content: Mapping[str, Any]
) -> dict[str, Any]:
    """The row of an event's notification, due at once.

    The contact may not be known yet: it is then sent when `submission.received` has come. Its id is made from the
    event, so that a message that is created again after the database was lost is the same mail.
    """
    return {
        "id": uuid5(event.id, message),
        "municipality": event.municipality,
        "submission_id": submission_id,
        "event_id": event.id,
        "eservice": eservice,
        "message": message,
        "content": content,
        "traceparent": event.traceparent,
        "occurred_at": event.time,
        "state": NotificationState.DUE,
        "attempts": 0,
        "next_attempt_at": event.time,
    }


def create(session: Session, notifications: Sequence[Mapping[str, Any]]) -> None:
    """Create the notifications, once for each event, and a receipt once for each submission."""
    insert_new(session.connection(), Notification, sorted(notifications, key=lambda row: row["event_id"]))
