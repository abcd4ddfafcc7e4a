"""Events of notify that concern a case, and the use case that each calls."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.routing.cases.delivery_status import record_delivered, record_failed
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.clock import Clock
from shared.events.notify import NotificationDelivered, NotificationFailed


def handlers(clock: Clock) -> Handlers:
    """The handlers by the event's name."""

    def failed(session: Session, opened: Sequence[OpenedEvent[NotificationFailed]]) -> None:
        for each in opened:
            record_failed(each.payload, each.event.municipality, session=session, now=clock())

    def delivered(session: Session, opened: Sequence[OpenedEvent[NotificationDelivered]]) -> None:
        for each in opened:
            record_delivered(each.payload, each.event.municipality, session=session)

    return EventHandler((NotificationFailed,), failed), EventHandler((NotificationDelivered,), delivered)
