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

from sqlalchemy import Boolean, bindparam, or_, select, update

from services.notify.contacts.models import Contact
from services.notify.delivery.models import CONTACT_OF_NOTIFICATION, Notification, NotificationState
from shared.database import Database, Utc, one_statement

BATCH = 100
# Longer than it can take to send the last mail of a batch and to record it (channels/smtp.py has the time limits).
LEASE = timedelta(minutes=4)


@dataclass(frozen=True)
class LeasedNotification:
    """A notification on lease, with what is known of its recipient.

    `attempt` is the number of this attempt, which shows whether another dispatcher has taken it since; `due_at` is when
    it was due, `cause` why the attempt before failed; `expires_at` as in Contact.
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
    reference: str
    eservice_title: Mapping[str, str]
    language: str
    email: str | None
    legal_regime: str
    confidential: bool
    submitter_is_party: bool
    expires_at: datetime | None

    @property
    def is_to_submitter(self) -> bool:
        """Whether it is about a submission; one to an officer is about none, and nobody else's concern."""
        return bool(self.reference)

    @property
    def has_case(self) -> bool:
        """Whether what it is about is a submission that has been sent, for which there is a case or will be one."""
        return self.is_to_submitter and self.expires_at is None


def take_due(
    database: Database,
    *,
    now: datetime,
    lease: timedelta = LEASE,
    most: int = BATCH,
    from_others: bool = True,
) -> list[LeasedNotification]:
    """Lease what is due and whose contact is known, `most` of it, the longest due first.

    What another dispatcher is taking is skipped. `from_others`: also what another has taken whose lease ran out. On
    PostgreSQL it is one statement that commits by itself.
    """
    moments = {"now": now, "lease_ends": now + lease}
    taken = {"from_others": from_others, "most": most}
    if database.engine.dialect.name == "postgresql":
        with one_statement(database.engine) as connection:
            rows = connection.execute(_lease_due(), moments | taken).all()
    else:
        with database.engine.begin() as connection:
            rows = connection.execute(_due(), {"now": now} | taken).all()
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
