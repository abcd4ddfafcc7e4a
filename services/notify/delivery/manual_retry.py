"""Trying a failed notification again because an officer requests it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.delivery.models import Notification, NotificationState, Retry
from services.notify.delivery.notification_list import visible
from shared.idempotency import KeyReused


class UnknownNotification(Exception):
    """The municipality has no such notification, or none that these boards may see."""


class NotFailed(Exception):
    """Only a failed notification can be tried again; `state` is the one it is in."""

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
    """Give a failed notification a new round of attempts, the first one now.

    Raises UnknownNotification, NotFailed, KeyReused.
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
        if notification.state != NotificationState.FAILED:
            raise NotFailed(notification.state)
        notification.state, notification.attempts, notification.next_attempt_at = NotificationState.DUE, 0, now
        notification.cause = notification.ended_at = None
        new = Retry(
            municipality=request.municipality,
            notification_id=request.notification_id,
            requested_by=request.requested_by,
            requested_at=now,
            idempotency_key=request.key,
        )
        session.add(new)
    return new


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
