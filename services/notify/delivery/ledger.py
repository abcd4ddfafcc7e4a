"""Deliveries: what is due is taken on lease, and how its sending went is recorded in one transaction.

A lease is prolonged for as long as the mail server needs to answer. A process that dies between sending and
recording leaves one that runs out; the mail is then sent again with the same Message-ID, by which it is recognised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import Counter, Histogram
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.notify import models
from services.notify.channels.channel import Outcome
from services.notify.models import KNOWN_CONTACT, Contact, Delivery, Notification, Outbox
from shared.bus import outbox
from shared.events.envelope import Event
from shared.events.notify import NotificationDelivered, NotificationFailed, NotificationPayload, NotificationSkipped
from shared.observability.tracing import trace

BATCH = 20
LEASE = timedelta(minutes=2)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))

NO_ADDRESS = Outcome("skipped", "no_address")

ENDED = Counter("notify_notifications", "Notifications that ended, by message and outcome.", ["message", "outcome"])
ATTEMPTS = Counter("notify_attempts", "Attempts to deliver, by how they went and why.", ["channel", "outcome", "code"])
DELIVERY_SECONDS = Histogram(
    "notify_delivery_seconds",
    "From an event's time to its message's delivery.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200, 86400),
)


@dataclass(frozen=True)
class Taken:
    """A notification on lease: `attempt` is its number, by which a lease taken over by another is known."""

    notification: Notification
    contact: Contact
    attempt: int


@dataclass(frozen=True)
class Attempt:
    """How it went. `outcome` None: there was no time for it, and it is due again at once."""

    taken: Taken
    outcome: Outcome | None
    at: datetime


def take(sessions: sessionmaker[Session], *, now: datetime, lease: timedelta = LEASE) -> list[Taken]:
    """Lease what is due and whose contact is known; what another dispatcher is taking is passed over."""
    due = select(Notification, Contact).join(Contact, KNOWN_CONTACT).where(Notification.next_attempt_at <= now)
    oldest = due.order_by(Notification.next_attempt_at, Notification.occurred_at).limit(BATCH)
    with sessions() as session:
        rows = session.execute(oldest.with_for_update(skip_locked=True, of=Notification)).all()
        for notification, _ in rows:
            notification.state = models.SENDING
            notification.attempts += 1
            notification.next_attempt_at = now + lease
        if rows:
            session.commit()
    return [Taken(notification, contact, notification.attempts) for notification, contact in rows]


def prolong(sessions: sessionmaker[Session], taken: Sequence[Taken], *, until: datetime) -> None:
    """Have the leases of what is being sent run out later."""
    leased = update(Notification).where(
        Notification.id.in_([one.notification.id for one in taken]), Notification.state == models.SENDING
    )
    with sessions.begin() as session:
        session.execute(leased.values(next_attempt_at=until), execution_options={"synchronize_session": False})


def record(sessions: sessionmaker[Session], attempts: Sequence[Attempt], *, channel: str) -> None:
    """Store how attempts went, what state that leaves each notification in, and tell of those that ended."""
    by_id = {attempt.taken.notification.id: attempt for attempt in attempts}
    with sessions.begin() as session:
        rows = session.scalars(select(Notification).where(Notification.id.in_(by_id)).with_for_update()).all()
        ended = [row for row in rows if _settled(row, by_id[row.id])]
        session.add_all(_delivery(attempt, channel) for attempt in attempts if _was_tried(attempt))
        if ended:
            told = [_event(row, by_id[row.id].at, channel) for row in ended]
            session.execute(insert(Outbox), [outbox.row(event) for event in told])
    _count(attempts, ended, channel)


def _settled(row: Notification, attempt: Attempt) -> bool:
    """Bring a notification to the state that the attempt leaves it in; whether it has ended.

    One whose lease ran out and was taken by another is the other's to settle.
    """
    if (row.state, row.attempts) != (models.SENDING, attempt.taken.attempt):
        return False
    if attempt.outcome is None:
        row.state, row.attempts, row.next_attempt_at = models.DUE, row.attempts - 1, attempt.at
        return False
    state = _state(attempt.outcome, row.attempts)
    row.state = state
    row.cause = None if state == models.DELIVERED else attempt.outcome.code
    row.next_attempt_at = attempt.at + WAITS[row.attempts - 1] if state == models.DUE else None
    row.ended_at = None if state == models.DUE else attempt.at
    return state != models.DUE


def _state(outcome: Outcome, attempts: int) -> str:
    if outcome.result == "temporary":
        return models.DUE if attempts <= len(WAITS) else models.FAILED
    return {
        "delivered": models.DELIVERED,
        "permanent": models.FAILED,
        "skipped": models.SKIPPED,
    }[outcome.result]


def _was_tried(attempt: Attempt) -> bool:
    return attempt.outcome is not None and attempt.outcome is not NO_ADDRESS


def _delivery(attempt: Attempt, channel: str) -> Delivery:
    assert attempt.outcome
    notification = attempt.taken.notification
    return Delivery(
        municipality=notification.municipality,
        notification_id=notification.id,
        attempted_at=attempt.at,
        channel=channel,
        outcome=attempt.outcome.result,
        code=attempt.outcome.code,
    )


def _event(row: Notification, at: datetime, channel: str) -> Event:
    """What is told of a notification that has ended, as part of the trace that it came from."""
    about = (row.id, row.submission_id, row.message, at)
    fact: NotificationPayload
    if row.state == models.DELIVERED:
        fact = NotificationDelivered(*about, channel)
    elif row.state == models.FAILED:
        fact = NotificationFailed(*about, channel, row.cause or "")
    else:
        fact = NotificationSkipped(*about, row.cause or "")
    with trace(row.traceparent):
        return fact.event(subject=row.submission_id, municipality=row.municipality, sequence=0, at=at)


def _count(attempts: Sequence[Attempt], ended: Sequence[Notification], channel: str) -> None:
    for attempt in attempts:
        if attempt.outcome and _was_tried(attempt):
            ATTEMPTS.labels(channel, attempt.outcome.result, attempt.outcome.code).inc()
    for row in ended:
        ENDED.labels(row.message, row.state).inc()
        if row.state == models.DELIVERED and row.ended_at:
            DELIVERY_SECONDS.observe(max(0.0, (row.ended_at - row.occurred_at).total_seconds()))
