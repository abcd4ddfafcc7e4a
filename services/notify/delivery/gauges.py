"""What waits and what was given up, for the operators' figures."""

from datetime import datetime, timedelta

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.models import FAILED, Notification

WAITING = Gauge("notify_waiting", "Notifications not yet delivered, failed or skipped.")
LATE = Gauge("notify_late_seconds", "How long ago the one that has waited longest past its time was due.")
GIVEN_UP = Gauge("notify_failed", "Notifications given up in the last hour and not tried again since.")

LATELY = timedelta(hours=1)


def measure(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Set the gauges of what waits, is late and has failed, over all municipalities.

    One that waits for another attempt, at its time, is not late: a full mailbox is not ours to mend.
    """
    due = Notification.next_attempt_at
    waits = select(func.count(), func.min(due)).where(due.is_not(None))
    failed = select(func.count()).where(Notification.state == FAILED, Notification.ended_at > now - LATELY)
    with sessions() as session:
        count, first_due = session.execute(waits).one()
        given_up = session.scalar(failed) or 0
    WAITING.set(count)
    LATE.set(max(0.0, (now - first_due).total_seconds()) if first_due else 0)
    GIVEN_UP.set(given_up)
