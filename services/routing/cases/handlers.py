"""Events of notify that concern a case, and the use case that they call."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.routing.cases import delivery_status
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.clock import Clock
from shared.events.notify import NotificationDelivered, NotificationFailed, NotificationPayload


def handlers(clock: Clock) -> Handlers:
    """The handler of both outcomes that a notification may have."""

    def ended(session: Session, opened: Sequence[OpenedEvent[NotificationPayload]]) -> None:
        delivery_status.record(opened, session=session, now=clock())

    return (EventHandler((NotificationDelivered, NotificationFailed), ended),)
