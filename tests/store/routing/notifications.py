"""Events of notify about a submission, for routing's tests."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived
from shared.events.notify import NotificationDelivered, NotificationFailed
from tests.builders import NOON


def failed(submission: SubmissionReceived, minutes: int = 0) -> Event:
    """The event that a message could not be delivered."""
    return _event(submission, NotificationFailed, minutes, cause="mailbox_unknown")


def delivered(submission: SubmissionReceived, minutes: int = 0) -> Event:
    """The event that one could."""
    return _event(submission, NotificationDelivered, minutes)


def _event(submission: SubmissionReceived, kind: type[Any], minutes: int, **more: Any) -> Event:
    at = NOON + timedelta(minutes=minutes)
    about = submission.submission_id
    payload = kind(notification_id=uuid4(), submission_id=about, message="receipt", at=at, channel="smtp", **more)
    event: Event = payload.event(subject=about, municipality="2039", sequence=0, at=at)
    return event
