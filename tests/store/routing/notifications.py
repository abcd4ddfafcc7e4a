"""Events of notify, about a submission, for routing's tests."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived
from shared.events.notify import NotificationDelivered, NotificationFailed, NotificationReplyReceived
from tests.builders import NOON


def failed(submission: SubmissionReceived, minutes: int = 0) -> Event:
    """The event that a message could not be delivered."""
    return _event(submission, NotificationFailed, minutes, cause="mailbox_unknown")


def delivered(submission: SubmissionReceived, minutes: int = 0) -> Event:
    """The event that one could."""
    return _event(submission, NotificationDelivered, minutes)


def a_mail(submission_id: UUID | None, *, municipality: str = "2039", **changes: Any) -> Event:
    """The event of a mail of Kim's."""
    values: dict[str, Any] = {
        "mail_id": uuid4(),
        "submission_id": submission_id,
        "from_address": "kim@example.org",
        "subject": "Sv: Ditt ärende",
        "text": "Måtten är 4 × 6.",
        "is_cut": False,
        "is_automatic": False,
        "files_not_taken": [],
        "received_at": NOON,
    }
    payload = NotificationReplyReceived(**values | changes)
    return payload.event(subject=submission_id or payload.mail_id, municipality=municipality, sequence=0, at=NOON)


def _event(submission: SubmissionReceived, kind: type[Any], minutes: int, **more: Any) -> Event:
    at = NOON + timedelta(minutes=minutes)
    about = submission.submission_id
    payload = kind(notification_id=uuid4(), submission_id=about, message="receipt", at=at, channel="smtp", **more)
    event: Event = payload.event(subject=about, municipality="2039", sequence=0, at=at)
    return event
