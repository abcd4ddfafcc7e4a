"""The ledger of delivery: how each attempt went, what that means for its notification, and the events about it.

All of it is recorded in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Counter, Histogram
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.channels.channel import DeliveryResult, Outcome
from services.notify.delivery.models import Delivery, Notification, NotificationState
from services.notify.delivery.queue import LeasedNotification
from services.notify.delivery.retry_policy import next_attempt_at
from services.notify.models import Outbox
from shared.bus import outbox
from shared.events.envelope import Event
from shared.events.notify import NotificationDelivered, NotificationFailed, NotificationPayload, NotificationSkipped
from shared.observability.tracing import trace

ENDED = Counter("notify_notifications", "Notifications that ended, by message and state.", ["message", "state"])
ATTEMPTS = Counter(
    "notify_attempts", "Attempts to deliver, by channel, result and code.", ["channel", "result", "code"]
)
DELIVERY_SECONDS = Histogram(
    "notify_delivery_seconds",
    "From an event's time to its message's delivery.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200, 86400),
)

# The state that a notification ends in when it is not tried again.
_END_STATES = {
    DeliveryResult.DELIVERED: NotificationState.DELIVERED,
    DeliveryResult.TEMPORARY: NotificationState.FAILED,
    DeliveryResult.PERMANENT: NotificationState.FAILED,
    DeliveryResult.SKIPPED: NotificationState.SKIPPED,
}


@dataclass(frozen=True)
class Attempt:
    """How sending went. `outcome` None: the batch had no time for it, and it is due again at once."""

    leased: LeasedNotification
    outcome: Outcome | None
    at: datetime

    @property
    def was_made(self) -> bool:
        """Whether there was an attempt to deliver it over a channel."""
        return self.outcome is not None and self.outcome.result.was_attempted


def record(sessions: sessionmaker[Session], attempts: Sequence[Attempt], *, channel: str) -> None:
    """Store the attempts, the new state of each notification, and an event for each notification that has ended."""
    by_id = {attempt.leased.notification.id: attempt for attempt in attempts}
    with sessions.begin() as session:
        rows = session.scalars(select(Notification).where(Notification.id.in_(by_id)).with_for_update()).all()
        ended = [row for row in rows if _settle(row, by_id[row.id])]
        session.add_all(_delivery(attempt, channel) for attempt in attempts if attempt.was_made)
        if ended:
            events = [_event(row, by_id[row.id].at, channel) for row in ended]
            session.execute(insert(Outbox), [outbox.row(event) for event in events])
    _count(attempts, ended, channel)


def _settle(row: Notification, attempt: Attempt) -> bool:
    """Set the state of a notification after an attempt; return whether it has ended. Where the lease ran out and
    another dispatcher has taken the notification, that one sets it.
    """
    if (row.state, row.attempts) != (NotificationState.SENDING, attempt.leased.attempt):
        return False
    outcome = attempt.outcome
    if outcome is None:
        row.state, row.attempts, row.next_attempt_at = NotificationState.DUE, row.attempts - 1, attempt.at
        return False
    again = next_attempt_at(row.attempts, failed_at=attempt.at) if outcome.result.may_be_retried else None
    row.state = NotificationState.DUE if again else _END_STATES[outcome.result]
    row.cause = None if outcome.result is DeliveryResult.DELIVERED else outcome.code
    row.next_attempt_at = again
    row.ended_at = None if again else attempt.at
    return again is None


def _delivery(attempt: Attempt, channel: str) -> Delivery:
    assert attempt.outcome
    notification = attempt.leased.notification
    return Delivery(
        municipality=notification.municipality,
        notification_id=notification.id,
        attempted_at=attempt.at,
        channel=channel,
        result=attempt.outcome.result,
        code=attempt.outcome.code,
    )


def _event(row: Notification, at: datetime, channel: str) -> Event:
    """The event about a notification that has ended, in the trace of the event that it came from."""
    about = (row.id, row.submission_id, row.message, at)
    payload: NotificationPayload
    if row.state == NotificationState.DELIVERED:
        payload = NotificationDelivered(*about, channel)
    elif row.state == NotificationState.FAILED:
        payload = NotificationFailed(*about, channel, row.cause or "")
    else:
        payload = NotificationSkipped(*about, row.cause or "")
    with trace(row.traceparent):
        return payload.event(subject=row.submission_id, municipality=row.municipality, sequence=0, at=at)


def _count(attempts: Sequence[Attempt], ended: Sequence[Notification], channel: str) -> None:
    for attempt in attempts:
        if attempt.outcome and attempt.was_made:
            ATTEMPTS.labels(channel, attempt.outcome.result, attempt.outcome.code).inc()
    for row in ended:
        ENDED.labels(row.message, row.state).inc()
        if row.state == NotificationState.DELIVERED and row.ended_at:
            DELIVERY_SECONDS.observe(max(0.0, (row.ended_at - row.occurred_at).total_seconds()))
