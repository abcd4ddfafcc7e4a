"""Reports that a mail of ours did not arrive after all (RFC 3464): its notification has failed, and officers see it."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.channels import smtp
from services.notify.contacts.models import Contact
from services.notify.delivery.models import CONTACT_OF_NOTIFICATION, Notification, NotificationState
from services.notify.models import Outbox
from shared.bus import outbox
from shared.events.notify import NotificationFailed
from shared.observability.tracing import trace

CAUSE = "bounced"


class StillSending(Exception):
    """The mail server reports before we have recorded that it has the mail: the same report is right a little later."""


_FAILED = re.compile(rb"^action:[ \t]*failed[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def bounced_mail(raw: bytes, domain: str) -> UUID | None:
    """The notification whose mail did not arrive for good, by the Message-ID that we gave it; None: none of ours."""
    ours = re.search(
        rb"^message-id:[ \t]*<([0-9a-f-]{36})@" + re.escape(domain.encode()) + rb">", raw, re.IGNORECASE | re.MULTILINE
    )
    if ours is None or _FAILED.search(raw) is None:
        return None
    try:
        return UUID(ours[1].decode())
    except ValueError:
        return None


def mark_as_failed(session: Session, notification_id: UUID, now: datetime) -> bool:
    """Mark a notification that counts as delivered as failed, and publish that; whether there was one.

    Raises StillSending.
    """
    with_contact = select(Notification, Contact).join(Contact, CONTACT_OF_NOTIFICATION)
    of_id = with_contact.where(Notification.id == notification_id).with_for_update(of=Notification)
    found = session.execute(of_id).one_or_none()
    if found is None:
        return False
    notification, contact = found
    if notification.state == NotificationState.SENDING:
        raise StillSending
    if notification.state != NotificationState.DELIVERED:
        return False
    notification.state, notification.cause, notification.ended_at = NotificationState.FAILED, CAUSE, now
    if contact.reference and contact.expires_at is None:
        about = notification.id, notification.submission_id, notification.message, now
        with trace(notification.traceparent):
            event = NotificationFailed(*about, smtp.NAME, CAUSE).event(
                subject=notification.submission_id, municipality=notification.municipality, sequence=0, at=now
            )
        outbox.record(session, Outbox, event)
    return True
