"""The list of notifications and their delivery, for the officers of one municipality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.contacts.models import CaseBoard, Contact
from services.notify.delivery.models import (
    BOARD_OF_NOTIFICATION,
    CONTACT_OF_NOTIFICATION,
    Delivery,
    Notification,
    NotificationState,
    in_state,
)
from shared.database import after_position
from shared.email_addresses import mask

Position = tuple[datetime, UUID]
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class ListedNotification:
    """A notification with its attempts, the first one first. `recipient` is masked; None: no address is known."""

    notification: Notification
    recipient: str | None
    deliveries: Sequence[Delivery]


@dataclass(frozen=True)
class NotificationPage:
    """One page of the list. `next` is where the following page begins, None on the last."""

    items: Sequence[ListedNotification]
    next: Position | None


def newest(
    sessions: sessionmaker[Session],
    municipality: str,
    boards: frozenset[str] | None,
    *,
    limit: int,
    after: Position | None = None,
    filters: Mapping[str, Any] | None = None,
) -> NotificationPage:
    """A municipality's notifications that the boards may see, the newest first, after a position in the list.

    `boards` None: all of them.
    `filters` are values that columns must have, by name: `submission_id`, `state`, `message`.
    """
    order = (Notification.occurred_at, Notification.id)
    query = (
        visible(select(Notification, Contact.email), municipality, boards)
        .where(*(_having(name, value) for name, value in (filters or {}).items()))
        .where(after_position(order, after, descending=True))
        .order_by(*(column.desc() for column in order))
        .limit(limit + 1)
    )
    with sessions() as session:
        rows = session.execute(query).all()
        page = rows[:limit]
        deliveries = _deliveries(session, municipality, [notification.id for notification, _ in page])
    items = [ListedNotification(each, mask(email), deliveries.get(each.id, [])) for each, email in page]
    return NotificationPage(items, _position(items[-1].notification) if len(rows) > limit else None)


def visible(query: Select[*Columns], municipality: str, boards: frozenset[str] | None) -> Select[*Columns]:
    """The query limited to notifications of the municipality that the boards may see; `boards` None: all of them.

    A case is seen by the board that has it now. What is not yet known to belong to a board is seen by none, nor what
    is confidential before its case is known, nor what is about a protected case, or about a draft.
    """
    board_now = func.coalesce(CaseBoard.board, case((Contact.confidential.is_not(True), Contact.board)))
    return (
        query.outerjoin(Contact, CONTACT_OF_NOTIFICATION)
        .outerjoin(CaseBoard, BOARD_OF_NOTIFICATION)
        .where(Notification.municipality == municipality)
        .where(CaseBoard.protected.is_not(True), Contact.expires_at.is_(None))
        .where(board_now.is_not(None) if boards is None else board_now.in_(sorted(boards)))
    )


def _having(name: str, value: Any) -> ColumnElement[bool]:
    if name == "state":
        return in_state(NotificationState(value))
    has_value: ColumnElement[bool] = getattr(Notification, name) == value
    return has_value


def _position(notification: Notification) -> Position:
    return notification.occurred_at, notification.id


def _deliveries(session: Session, municipality: str, ids: Sequence[UUID]) -> dict[UUID, list[Delivery]]:
    of_these = select(Delivery).where(Delivery.municipality == municipality, Delivery.notification_id.in_(ids))
    found: dict[UUID, list[Delivery]] = {}
    for delivery in session.scalars(of_these.order_by(Delivery.attempted_at)):
        found.setdefault(delivery.notification_id, []).append(delivery)
    return found
