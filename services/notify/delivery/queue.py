"""The queue of notifications that are due: a dispatcher takes them on lease.

A lease is extended for as long as the mail server needs to answer. When a process dies between sending and recording,
its lease runs out; the mail is then sent again with the same Message-ID, by which mail programs recognise it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from services.notify.contacts.models import Contact
from services.notify.delivery.models import CONTACT_OF_NOTIFICATION, Notification, NotificationState

BATCH = 20
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class LeasedNotification:
    """A notification on lease. `attempt` is its number, which shows whether another dispatcher has taken it since."""

    notification: Notification
    contact: Contact
    attempt: int


def take_due(sessions: sessionmaker[Session], *, now: datetime, lease: timedelta = LEASE) -> list[LeasedNotification]:
    """Lease what is due and whose contact is known, at most BATCH; what another dispatcher is taking is skipped."""
    due = (
        select(Notification, Contact)
        .join(Contact, CONTACT_OF_NOTIFICATION)
        .where(Notification.next_attempt_at <= now)
        .order_by(Notification.next_attempt_at, Notification.occurred_at)
        .limit(BATCH)
    )
    with sessions() as session:
        rows = session.execute(due.with_for_update(skip_locked=True, of=Notification)).all()
        for notification, _ in rows:
            notification.state = NotificationState.SENDING
            notification.attempts += 1
            notification.next_attempt_at = now + lease
        if rows:
            session.commit()
    return [LeasedNotification(notification, contact, notification.attempts) for notification, contact in rows]


def extend_leases(sessions: sessionmaker[Session], leased: Sequence[LeasedNotification], *, until: datetime) -> None:
    """Let the leases of what is still being sent run out later."""
    still_sending = update(Notification).where(
        Notification.id.in_([each.notification.id for each in leased]),
        Notification.state == NotificationState.SENDING,
    )
    with sessions.begin() as session:
        session.execute(still_sending.values(next_attempt_at=until), execution_options={"synchronize_session": False})
