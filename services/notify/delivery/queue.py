"""The queue of notifications that are due: a dispatcher takes them on lease.

When a process dies between sending and recording, its lease runs out; the mail is then sent again with the same
Message-ID, by which mail programs recognise it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, bindparam, func, literal, or_, select, update

from services.notify.channels.channel import DeliveryResult
from services.notify.contacts.models import Contact
from services.notify.delivery.models import CONTACT_OF_NOTIFICATION, Delivery, Notification, NotificationState
from services.notify.delivery.recipient_limit import WINDOW
from shared.database import Database, Utc, one_statement

BATCH = 100
# Longer than it can take to send the last mail of a batch and to record it (channels/smtp.py has the time limits).
LEASE = timedelta(minutes=4)


@dataclass(frozen=True)
class LeasedNotification:
    """A notification on lease, with what is known of its submitter.

    `attempt` is the number of this attempt, which shows whether another dispatcher has taken it since; `due_at` is when
    it was due, `cause` why the attempt before failed, `sent_lately` the mails to the address (recipient_limit.py).
    """

    id: UUID
    municipality: str
    submission_id: UUID
    message: str
    content: Mapping[str, Any]
    traceparent: str
    occurred_at: datetime
    cause: str | None
    attempt: int
    due_at: datetime
    sent_lately: int
    reference: str
    eservice_title: Mapping[str, str]
    language: str
    email: str | None
    legal_regime: str
    confidential: bool


def take_due(
    database: Database,
    *,
    now: datetime,
    lease: timedelta = LEASE,
    most: int = BATCH,
    count_to: int = 0,
    from_others: bool = True,
) -> list[LeasedNotification]:
    """Lease what is due and whose contact is known, `most` of it, the longest due first.

    What another dispatcher is taking is skipped. The mails that an address got lately are counted up to `count_to`.
    `from_others`: also what another has taken whose lease ran out. On PostgreSQL it is one statement that commits by
    itself.
    """
    moments = {"now": now, "lease_ends": now + lease}
    looked_back = {"since": now - WINDOW, "count_to": count_to, "from_others": from_others, "most": most}
    if database.engine.dialect.name == "postgresql":
        with one_statement(database.engine) as connection:
            rows = connection.execute(_lease_due(), moments | looked_back).all()
    else:
        with database.engine.begin() as connection:
            rows = connection.execute(_due(), {"now": now} | looked_back).all()
            if rows:
                connection.execute(_lease_one(), [{"leased": row.id, **moments} for row in rows])
    leased = [LeasedNotification(*row) for row in rows]
    return sorted(leased, key=lambda each: (each.due_at, each.occurred_at))


@cache
def _due() -> Any:
    """What is due, with the columns of a LeasedNotification."""
    renamed = {
        "attempt": (Notification.attempts + 1).label("attempt"),
        "due_at": Notification.next_attempt_at.label("due_at"),
        "sent_lately": _sent_lately(),
    }
    columns: dict[str, Any] = {**Contact.__table__.c, **Notification.__table__.c, **renamed}
    return (
        select(*(columns[each.name] for each in fields(LeasedNotification)))
        .join(Contact, CONTACT_OF_NOTIFICATION)
        .where(Notification.next_attempt_at <= bindparam("now", type_=Utc()))
        .where(or_(Notification.state != NotificationState.SENDING, bindparam("from_others", type_=Boolean())))
        .order_by(Notification.next_attempt_at, Notification.occurred_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=Notification)
    )


def _sent_lately() -> Any:
    """How many mails the contact's address got lately, counted no further than is asked for."""
    to_address = (Delivery.recipient == func.lower(Contact.email), Delivery.result == DeliveryResult.DELIVERED)
    lately = Delivery.attempted_at > bindparam("since", type_=Utc())
    counted = select(literal(1)).select_from(Delivery).where(*to_address, lately).limit(bindparam("count_to"))
    return (
        select(func.count()).select_from(counted.correlate(Contact).subquery()).scalar_subquery().label("sent_lately")
    )


_LEASED = {
    "state": NotificationState.SENDING,
    "attempts": Notification.attempts + 1,
    "next_attempt_at": bindparam("lease_ends", type_=Utc()),
}


@cache
def _lease_due() -> Any:
    due = _due().cte("due")
    return update(Notification).where(Notification.id == due.c.id).values(_LEASED).returning(*due.c)


@cache
def _lease_one() -> Any:
    return update(Notification).where(Notification.id == bindparam("leased")).values(_LEASED)
