"""Forgetting how the submitters of drafts are reached, with what was sent to them, once their e-service has closed."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.contacts.models import Contact
from services.notify.delivery.models import Delivery, Notification, Retry

FORGOTTEN_AT_ONCE = 1000


def forget_drafts(sessions: sessionmaker[Session], now: datetime) -> int:
    """Delete the contacts of drafts that have ended; how many. What was not sent by then is not sent."""
    forgotten = 0
    while some := _forget_some(sessions, now):
        forgotten += some
    return forgotten


def _forget_some(sessions: sessionmaker[Session], now: datetime) -> int:
    """Those of one transaction: of an e-service that has closed all end at once."""
    ended = select(Contact.submission_id).where(Contact.expires_at <= now).order_by(Contact.expires_at)
    with sessions.begin() as session:
        ids = session.scalars(ended.limit(FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)).all()
        connection = session.connection()
        notifications = select(Notification.id).where(Notification.submission_id.in_(ids))
        for table in (Delivery, Retry):
            connection.execute(delete(table).where(table.notification_id.in_(notifications)))
        connection.execute(delete(Notification).where(Notification.submission_id.in_(ids)))
        return connection.execute(delete(Contact).where(Contact.submission_id.in_(ids))).rowcount
