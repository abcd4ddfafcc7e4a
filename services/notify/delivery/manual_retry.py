"""Sending now what has failed or waits for its next attempt, because an officer or an operator requests it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, true, update
from sqlalchemy.orm import Session, sessionmaker

from services.notify.contacts.models import Contact
from services.notify.delivery.models import CONTACT_OF_NOTIFICATION, NO_ADDRESS, Notification, NotificationState, Retry
from services.notify.delivery.notification_list import visible
from services.notify.delivery.queue import LeasedNotification
from shared.database import Database
from shared.idempotency import KeyReused


class UnknownNotification(Exception):
    """The municipality has no such notification, or none that these boards may see."""


class NotWaiting(Exception):
    """Only a notification that has failed or waits for its next attempt can be tried again; `state` is its own."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True)
class RetryRequest:
    """An officer's request to try a notification again; `boards` are the officer's, None means all.

    The same `key` twice is one request.
    """

    municipality: str
    boards: frozenset[str] | None
    notification_id: UUID
    requested_by: str
    key: str | None


def retry(request: RetryRequest, *, sessions: sessionmaker[Session], now: datetime) -> Retry:
    """Try a notification now that waits for its next attempt, or has failed: then with a new round of attempts.

    Raises UnknownNotification, NotWaiting, KeyReused.
    """
    query = visible(select(Notification), request.municipality, request.boards).where(
        Notification.id == request.notification_id
    )
    with sessions.begin() as session:
        notification = session.scalar(query.with_for_update(of=Notification))
        if notification is None:
            raise UnknownNotification
        if earlier := _earlier(session, request):
            return earlier
        _try_now(notification, now)
        new = Retry(
            municipality=request.municipality,
            notification_id=request.notification_id,
            requested_by=request.requested_by,
            requested_at=now,
            idempotency_key=request.key,
        )
        session.add(new)
    return new


def send_now(database: Database, *, now: datetime, causes: Collection[str] = (), failed: bool = False) -> int:
    """Let all that waits for its next attempt be due now, in all municipalities; how many that is.

    Limited to these `causes` where there are any. `failed`: also what has failed, with a new round of attempts.
    """
    of_causes = Notification.cause.in_(causes) if causes else true()
    waiting = update(Notification).where(
        Notification.state == NotificationState.DUE, Notification.next_attempt_at > now
    )
    ended = update(Notification).where(Notification.state == NotificationState.FAILED)
    with database.engine.begin() as connection:
        count = connection.execute(waiting.where(of_causes).values(next_attempt_at=now)).rowcount
        if failed:
            new_round = ended.where(of_causes).values(_NEW_ROUND | {"next_attempt_at": now})
            count += connection.execute(new_round).rowcount
    return count


def send_unarrived(session: Session, municipality: str, submission_id: UUID, *, now: datetime) -> None:
    """Let all of a submission that did not arrive be due now, with a new round, in the caller's transaction."""
    theirs = (Notification.municipality == municipality, Notification.submission_id == submission_id)
    unarrived = update(Notification).where(*theirs, _did_not_arrive())
    session.execute(unarrived.values(_NEW_ROUND | {"next_attempt_at": now}))


def send_to_corrected(database: Database, unarrived: Sequence[LeasedNotification], *, now: datetime) -> None:
    """Let what did not arrive be due again where an officer changed the address while it was being sent."""
    ids = defaultdict(list)
    for each in unarrived:
        ids[each.email].append(each.id)
    with database.engine.begin() as connection:
        for email, of_email in ids.items():
            changed = exists().where(
                CONTACT_OF_NOTIFICATION,
                Contact.address_sequence.is_not(None),
                Contact.email.is_distinct_from(email),
            )
            still = update(Notification).where(Notification.id.in_(of_email), _did_not_arrive())
            due = still.where(changed.correlate(Notification))
            connection.execute(due.values(_NEW_ROUND | {"next_attempt_at": now}))


_NEW_ROUND = {"state": NotificationState.DUE, "attempts": 0, "cause": None, "ended_at": None}


def _did_not_arrive() -> ColumnElement[bool]:
    """It has failed, or there was no address to send it to."""
    had_no_address = and_(Notification.state == NotificationState.SKIPPED, Notification.cause == NO_ADDRESS)
    return or_(Notification.state == NotificationState.FAILED, had_no_address)


def _try_now(notification: Notification, now: datetime) -> None:
    """Raises NotWaiting."""
    waits = notification.next_attempt_at is not None and notification.next_attempt_at > now
    if notification.state == NotificationState.FAILED:
        for name, value in _NEW_ROUND.items():
            setattr(notification, name, value)
    elif notification.state != NotificationState.DUE or not waits:
        raise NotWaiting(notification.state)
    notification.next_attempt_at = now


def _earlier(session: Session, request: RetryRequest) -> Retry | None:
    """What the same request gave when it was sent before."""
    if request.key is None:
        return None
    same = select(Retry).where(
        Retry.municipality == request.municipality,
        Retry.requested_by == request.requested_by,
        Retry.idempotency_key == request.key,
    )
    known = session.scalar(same)
    if known and known.notification_id != request.notification_id:
        raise KeyReused
    return known
