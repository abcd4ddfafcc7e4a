"""The ledger of delivery: how each attempt went, what that means for its notification, and the events about it.

All of a batch is recorded in one transaction, which may be tried again: what was recorded before is not recorded twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from prometheus_client import Counter, Histogram
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.types import Integer, Uuid

from services.notify.channels.channel import DeliveryResult, Outcome
from services.notify.delivery.models import Delivery, Notification, NotificationState
from services.notify.delivery.queue import LeasedNotification
from services.notify.delivery.recipient_limit import POSTPONED_FOR
from services.notify.delivery.retry_policy import next_attempt_at
from services.notify.models import Outbox
from shared.bulk import Rows, as_json, given, types_of
from shared.bus import outbox
from shared.database import Database, one_statement, upsert
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
    """How sending went. `outcome` None: the batch had no time for it."""

    leased: LeasedNotification
    outcome: Outcome | None
    at: datetime

    @property
    def was_made(self) -> bool:
        """Whether there was an attempt to deliver it over a channel."""
        return self.outcome is not None and self.outcome.result.was_attempted

    @property
    def again_at(self) -> datetime | None:
        """When it is due again: as before where it was not attempted, by the retry policy, or never (None)."""
        if self.outcome is None or self.outcome.result is DeliveryResult.UNREACHABLE:
            return self.leased.due_at
        if self.outcome.result is DeliveryResult.POSTPONED:
            return self.at + POSTPONED_FOR
        if self.outcome.result is DeliveryResult.TEMPORARY:
            return next_attempt_at(self.leased.attempt, failed_at=self.at)
        return None

    @property
    def state(self) -> NotificationState:
        """The state that the notification is in after it."""
        return NotificationState.DUE if self.again_at or not self.outcome else _END_STATES[self.outcome.result]

    @property
    def cause(self) -> str | None:
        """Why it is not delivered."""
        if self.outcome is None:
            return self.leased.cause
        return None if self.outcome.result is DeliveryResult.DELIVERED else self.outcome.code


def record(database: Database, attempts: Sequence[Attempt], *, channel: str) -> None:
    """Store the attempts, the new state of each notification, and an event for each notification that has ended.

    What was sent to the submitter of a draft gives no event: there is no submission yet that it would be about.
    Where a lease ran out and another dispatcher has taken the notification, that one sets its state.
    """
    ended = [attempt for attempt in attempts if attempt.again_at is None]
    settlements = [_settlement(attempt) for attempt in attempts]
    deliveries = [_delivery(attempt, channel) for attempt in attempts if attempt.was_made]
    of_submissions = [attempt for attempt in ended if attempt.leased.expires_at is None]
    events = [outbox.row(_event(attempt, channel)) | {"ended_id": attempt.leased.id} for attempt in of_submissions]
    if database.engine.dialect.name == "postgresql":
        parameters = {
            "settlements": as_json(Notification, settlements),
            "deliveries": as_json(Delivery, deliveries),
        } | ({"events": as_json(Outbox, events)} if events else {})
        with one_statement(database.engine) as connection:
            settled = set(connection.execute(_record_all(with_events=bool(events)), parameters).scalars())
    else:
        with database.engine.begin() as connection:
            settled = _record_each(connection, settlements, deliveries, events)
    _count(attempts, [attempt for attempt in ended if attempt.leased.id in settled], channel)


def _settlement(attempt: Attempt) -> dict[str, Any]:
    """What the attempt sets in its notification; one that was not made does not count."""
    counts = attempt.was_made or attempt.again_at is None
    return {
        "settled_id": attempt.leased.id,
        "attempt": attempt.leased.attempt,
        "state": attempt.state,
        "attempts": attempt.leased.attempt - (0 if counts else 1),
        "cause": attempt.cause,
        "next_attempt_at": attempt.again_at,
        "ended_at": None if attempt.again_at else attempt.at,
    }


def _delivery(attempt: Attempt, channel: str) -> dict[str, Any]:
    assert attempt.outcome
    return {
        "id": uuid5(attempt.leased.id, attempt.at.isoformat()),
        "municipality": attempt.leased.municipality,
        "notification_id": attempt.leased.id,
        "attempted_at": attempt.at,
        "channel": channel,
        "result": attempt.outcome.result,
        "code": attempt.outcome.code,
    }


def _event(attempt: Attempt, channel: str) -> Event:
    """The event about a notification that has ended, in the trace of the event that it came from."""
    leased = attempt.leased
    about = (leased.id, leased.submission_id, leased.message, attempt.at)
    payload: NotificationPayload
    if attempt.state == NotificationState.DELIVERED:
        payload = NotificationDelivered(*about, channel)
    elif attempt.state == NotificationState.FAILED:
        payload = NotificationFailed(*about, channel, attempt.cause or "")
    else:
        payload = NotificationSkipped(*about, attempt.cause or "")
    with trace(leased.traceparent):
        return payload.event(subject=leased.submission_id, municipality=leased.municipality, sequence=0, at=attempt.at)


def _count(attempts: Sequence[Attempt], ended: Sequence[Attempt], channel: str) -> None:
    for attempt in attempts:
        if attempt.outcome and (attempt.was_made or attempt.outcome.result is DeliveryResult.POSTPONED):
            ATTEMPTS.labels(channel, attempt.outcome.result, attempt.outcome.code).inc()
    for attempt in ended:
        ENDED.labels(attempt.leased.message, attempt.state).inc()
        if attempt.state == NotificationState.DELIVERED:
            DELIVERY_SECONDS.observe(max(0.0, (attempt.at - attempt.leased.occurred_at).total_seconds()))


_SET = ("state", "attempts", "cause", "next_attempt_at", "ended_at")
_DELIVERY = ("id", "municipality", "notification_id", "attempted_at", "channel", "result", "code")
_EVENT = ("event_id", "subject", "exchange", "routing_key", "body", "secret", "recorded_at", "published_at")


def _still_leased(settled_id: Any, attempt: Any) -> tuple[Any, ...]:
    return (
        Notification.id == settled_id,
        Notification.state == NotificationState.SENDING,
        Notification.attempts == attempt,
    )


@cache
def _record_all(*, with_events: bool) -> Any:
    """On PostgreSQL all of it is one statement, which commits by itself and gives the ids of what it has settled.

    Without events nothing is inserted into the outbox: no rows would wake the relay as well.
    """
    to_settle = given("settlements", {"settled_id": Uuid(), "attempt": Integer(), **types_of(Notification, _SET)})
    settling = update(Notification).where(*_still_leased(to_settle.c.settled_id, to_settle.c.attempt))
    settled = settling.values({name: to_settle.c[name] for name in _SET}).returning(Notification.id).cte("settled")
    deliveries = select(given("deliveries", types_of(Delivery, _DELIVERY)))
    made = upsert("postgresql", Delivery).from_select(_DELIVERY, deliveries).on_conflict_do_nothing()
    recorded = select(settled.c.id).add_cte(made.cte("made"))
    if not with_events:
        return recorded
    events = given("events", {"ended_id": Uuid(), **types_of(Outbox, _EVENT)})
    of_settled = select(*(events.c[name] for name in _EVENT)).join(settled, settled.c.id == events.c.ended_id)
    published = insert(Outbox).from_select(_EVENT, of_settled, include_defaults=False)
    return recorded.add_cte(published.cte("published"))


def _record_each(connection: Connection, settlements: Rows, deliveries: Rows, events: Rows) -> set[UUID]:
    """On SQLite, in the caller's transaction; the ids of what was settled."""
    settled = {row["settled_id"] for row in settlements if connection.execute(_settle_one(), row).rowcount}
    if deliveries:
        connection.execute(upsert("sqlite", Delivery).on_conflict_do_nothing(), deliveries)
    if of_settled := [_without_id(event) for event in events if event["ended_id"] in settled]:
        connection.execute(insert(Outbox), of_settled)
    return settled


@cache
def _settle_one() -> Any:
    still_leased = _still_leased(bindparam("settled_id"), bindparam("attempt"))
    return update(Notification).where(*still_leased).values({name: bindparam(name) for name in _SET})


def _without_id(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: event[name] for name in _EVENT}
