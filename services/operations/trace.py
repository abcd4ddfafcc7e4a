"""One submission's whole way through all three stores, in the order of time; free of personal data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intake.submissions.models import Submission
from services.intake.submissions.reference import InvalidReference, parse
from services.notify.delivery.models import Delivery, Notification
from services.operations.stores import Store, Stores
from services.routing.cases.models import Case, JournalEntry
from shared.bus.tables import OutboxColumns
from shared.bus.topology import EVENTS_EXCHANGE


class UnknownReference(Exception):
    """No submission has that reference, or it is not written as one."""


@dataclass(frozen=True)
class Step:
    """What happened in one service. `at` None: it has not happened yet. `lag`: seconds since the event's time."""

    at: datetime | None
    service: str
    what: str
    lag: float | None = None


def trace_submission(stores: Stores, reference: str) -> list[Step]:
    """Every step known, what has not happened yet last. UnknownReference when no submission has it."""
    submission = _submission(stores["intake"], reference)
    case = _case(stores["routing"], submission.id)
    steps = [
        Step(submission.received_at, "intake", f"submission stored ({submission.eservice})"),
        *_events(stores, [str(submission.id), *([str(case.id)] if case else [])]),
        *(_journal(stores["routing"], case) if case else ()),
        *_notifications(stores["notify"], submission.id),
    ]
    return sorted(steps, key=lambda step: (step.at is None, step.at or submission.received_at))


def _submission(store: Store, reference: str) -> Submission:
    try:
        reference = parse(reference)
    except InvalidReference as error:
        raise UnknownReference(reference) from error
    with store.database.sessions() as session:
        found = session.scalar(select(Submission).where(Submission.reference == reference))
    if found is None:
        raise UnknownReference(reference)
    return found


def _case(store: Store, submission_id: UUID) -> Case | None:
    with store.database.sessions() as session:
        return session.scalar(select(Case).where(Case.submission_id == submission_id))


def _events(stores: Stores, subjects: Sequence[str]) -> Iterator[Step]:
    for publisher in stores.values():
        outbox = publisher.tables.outbox
        recorded = select(outbox).where(outbox.subject.in_(subjects), outbox.exchange == EVENTS_EXCHANGE)
        with publisher.database.sessions() as session:
            rows = session.scalars(recorded.order_by(outbox.id)).all()
        for row in rows:
            name = row.routing_key.rpartition(".")[0]
            yield Step(row.recorded_at, publisher.service, f"{name} recorded")
            yield _since(row, row.published_at, publisher.service, f"{name} published")
            for subscriber in stores.values():
                if subscriber.subscription.receives(row.exchange, row.routing_key):
                    yield _handled(row, subscriber, name)


def _handled(row: OutboxColumns, subscriber: Store, name: str) -> Step:
    inbox, failed_events = subscriber.tables.inbox, subscriber.tables.failed_events
    with subscriber.database.sessions() as session:
        handled_at = session.scalar(select(inbox.handled_at).where(inbox.event_id == row.event_id))
        failed = session.scalar(select(failed_events).where(failed_events.event_id == str(row.event_id)))
    if failed:
        state = "waiting" if failed.next_attempt_at else "parked"
        return _since(row, failed.first_failed_at, subscriber.service, f"{name} failed, {state} ({failed.reason})")
    return _since(row, handled_at, subscriber.service, f"{name} handled")


def _since(row: OutboxColumns, at: datetime | None, service: str, what: str) -> Step:
    return Step(at, service, what, (at - row.recorded_at).total_seconds() if at else None)


def _journal(store: Store, case: Case) -> Iterator[Step]:
    entries = select(JournalEntry).where(JournalEntry.case_id == case.id).order_by(JournalEntry.sequence)
    with store.database.sessions() as session:
        for entry in session.scalars(entries):
            what = f"{case.number} journal {entry.sequence}: {entry.action}, now {entry.state}"
            yield Step(entry.at, store.service, what)


def _notifications(store: Store, submission_id: UUID) -> Iterator[Step]:
    due = select(Notification).where(Notification.submission_id == submission_id).order_by(Notification.occurred_at)
    with store.database.sessions() as session:
        for notification in session.scalars(due).all():
            attempts = select(Delivery).where(Delivery.notification_id == notification.id)
            for attempt in session.scalars(attempts.order_by(Delivery.attempted_at)):
                yield _attempt(notification, attempt, store.service)
            yield _ended(notification, store.service)


def _attempt(notification: Notification, attempt: Delivery, service: str) -> Step:
    what = f"{notification.message} by {attempt.channel}: {attempt.result} ({attempt.code})"
    return Step(attempt.attempted_at, service, what)


def _ended(notification: Notification, service: str) -> Step:
    cause = f" ({notification.cause})" if notification.cause else ""
    what = f"notification {notification.message} {notification.state}{cause}"
    ended: Any = notification.ended_at
    lag = (ended - notification.occurred_at).total_seconds() if ended else None
    return Step(ended, service, what, lag)
