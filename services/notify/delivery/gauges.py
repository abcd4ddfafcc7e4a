"""Gauges of delivery: how many notifications wait, how late they are, and how many have failed."""

from datetime import datetime, timedelta

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.delivery.models import Notification, NotificationState, in_state

WAITING = Gauge("notify_waiting", "Notifications not yet delivered, failed or skipped.")
LATE = Gauge("notify_late_seconds", "How long ago the notification that is most overdue was due.")
FAILED = Gauge("notify_failed", "Notifications that failed in the last hour and were not tried again since.")

RECENTLY = timedelta(hours=1)


def measure(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Set the gauges, over all municipalities.

    A notification that waits for the time of its next attempt is not late: a full mailbox is not ours to repair.
    """
    due = Notification.next_attempt_at
    waiting = select(func.count(), func.min(due)).where(due.is_not(None))
    failed = select(func.count()).where(in_state(NotificationState.FAILED), Notification.ended_at > now - RECENTLY)
    with sessions() as session:
        count, first_due = session.execute(waiting).one()
        recently_failed = session.scalar(failed) or 0
    WAITING.set(count)
    LATE.set(max(0.0, (now - first_due).total_seconds()) if first_due else 0)
    FAILED.set(recently_failed)
