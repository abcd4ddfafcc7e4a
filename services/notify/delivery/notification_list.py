"""The delivery list: what was told, to whom, and how it went, for the officers of one municipality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.orm import Session, sessionmaker

from services.notify.models import KNOWN_BOARD, KNOWN_CONTACT, CaseBoard, Contact, Delivery, Notification

Place = tuple[datetime, UUID]


@dataclass(frozen=True)
class Listed:
    """A notification with its attempts, the first first. `recipient` is masked; None: no address is known."""

    notification: Notification
    recipient: str | None
    deliveries: Sequence[Delivery]


def newest(
    sessions: sessionmaker[Session],
    municipality: str,
    boards: frozenset[str] | None,
    *,
    limit: int,
    after: Place | None = None,
    filters: Mapping[str, Any] | None = None,
) -> list[Listed]:
    """A municipality's notifications about what the boards have, the newest first, after a place in the list.

    `boards` None: all of them.
    `filters` are values that columns must have, by name: `submission_id`, `state`, `message`.
    """
    place = tuple_(Notification.occurred_at, Notification.id)
    wanted = (
        select(Notification, Contact.email)
        .outerjoin(Contact, KNOWN_CONTACT)
        .outerjoin(CaseBoard, KNOWN_BOARD)
        .where(Notification.municipality == municipality)
        .where(of_boards(boards))
        .where(*(getattr(Notification, name) == value for name, value in (filters or {}).items()))
        .order_by(Notification.occurred_at.desc(), Notification.id.desc())
        .limit(limit)
    )
    with sessions() as session:
        rows = session.execute(wanted.where(place < after) if after else wanted).all()
        deliveries = _deliveries(session, municipality, [notification.id for notification, _ in rows])
    return [Listed(each, mask(email), deliveries.get(each.id, [])) for each, email in rows]


def of_boards(boards: frozenset[str] | None) -> ColumnElement[bool]:
    """The condition that keeps what each board has now; what is not known to be anyone's is nobody's."""
    return true() if boards is None else func.coalesce(CaseBoard.board, Contact.board).in_(sorted(boards))


def mask(email: str | None) -> str | None:
    """An address with only its first letter and its domain left, as `a…@example.org`."""
    if email is None:
        return None
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _deliveries(session: Session, municipality: str, ids: Sequence[UUID]) -> dict[UUID, list[Delivery]]:
    of_these = select(Delivery).where(Delivery.municipality == municipality, Delivery.notification_id.in_(ids))
    found: dict[UUID, list[Delivery]] = {}
    for delivery in session.scalars(of_these.order_by(Delivery.attempted_at)):
        found.setdefault(delivery.notification_id, []).append(delivery)
    return found
