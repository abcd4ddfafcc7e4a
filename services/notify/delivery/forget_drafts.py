"""Forgetting how the submitters of drafts are reached, with what was sent to them, once their e-service has closed."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.contacts.models import Contact
from services.notify.delivery.models import Delivery, Notification, Retry


def forget_drafts(sessions: sessionmaker[Session], now: datetime) -> int:
    """Delete the contacts of drafts that have ended; how many. What was not sent by then is not sent."""
    ended = select(Contact.submission_id).where(Contact.expires_at <= now)
    notifications = select(Notification.id).where(Notification.submission_id.in_(ended))
    with sessions.begin() as session:
        connection = session.connection()
        for table in (Delivery, Retry):
            connection.execute(delete(table).where(table.notification_id.in_(notifications)))
        connection.execute(delete(Notification).where(Notification.submission_id.in_(ended)))
        return connection.execute(delete(Contact).where(Contact.expires_at <= now)).rowcount
