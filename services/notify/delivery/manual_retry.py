"""Trying a failed notification again, on an officer's order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.delivery.notification_list import of_boards
from services.notify.models import DUE, FAILED, KNOWN_BOARD, KNOWN_CONTACT, CaseBoard, Contact, Notification, Retry
from shared.idempotency import KeyReused


class UnknownNotification(Exception):
    """The municipality has no such notification."""


class NotFailed(Exception):
    """Only what has failed can be tried again; `state` is what it is in."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True)
class Order:
    """An officer's wish to have a notification tried again; `boards` are theirs. The same `key` twice is one wish."""

    municipality: str
    boards: frozenset[str] | None
    notification_id: UUID
    requested_by: str
    key: str | None


def retry(order: Order, *, sessions: sessionmaker[Session], now: datetime) -> Retry:
    """Give a failed notification a new round of attempts, beginning now.

    Raises UnknownNotification, NotFailed, KeyReused.
    """
    mine = (
        select(Notification)
        .outerjoin(Contact, KNOWN_CONTACT)
        .outerjoin(CaseBoard, KNOWN_BOARD)
        .where(Notification.municipality == order.municipality, Notification.id == order.notification_id)
        .where(of_boards(order.boards))
    )
    with sessions.begin() as session:
        notification = session.scalar(mine.with_for_update(of=Notification))
        if notification is None:
            raise UnknownNotification
        if ordered := _ordered(session, order):
            return ordered
        if notification.state != FAILED:
            raise NotFailed(notification.state)
        notification.state, notification.attempts, notification.next_attempt_at = DUE, 0, now
        notification.cause = notification.ended_at = None
        ordered = Retry(
            municipality=order.municipality,
            notification_id=order.notification_id,
            requested_by=order.requested_by,
            requested_at=now,
            idempotency_key=order.key,
        )
        session.add(ordered)
    return ordered


def _ordered(session: Session, order: Order) -> Retry | None:
    if order.key is None:
        return None
    same = select(Retry).where(
        Retry.municipality == order.municipality,
        Retry.requested_by == order.requested_by,
        Retry.idempotency_key == order.key,
    )
    known = session.scalar(same)
    if known and known.notification_id != order.notification_id:
        raise KeyReused
    return known
