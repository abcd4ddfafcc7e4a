"""What waits and what was given up, for the operators' figures."""

from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.models import FAILED, Notification

WAITING = Gauge("notify_waiting", "Notifications not yet delivered, failed or skipped.")
OLDEST = Gauge("notify_waiting_oldest_seconds", "Age of the oldest event whose notification still waits.")
GIVEN_UP = Gauge("notify_failed", "Notifications given up and not tried again since.")


def measure(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Set the gauges of what waits and what has failed, over all municipalities."""
    waits = select(func.count(), func.min(Notification.occurred_at)).where(Notification.next_attempt_at.is_not(None))
    failed = select(func.count()).select_from(Notification).where(Notification.state == FAILED)
    with sessions() as session:
        count, oldest = session.execute(waits).one()
        given_up = session.scalar(failed) or 0
    WAITING.set(count)
    OLDEST.set((now - oldest).total_seconds() if oldest else 0)
    GIVEN_UP.set(given_up)
