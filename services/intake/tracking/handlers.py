"""What intake does with the events that it subscribes to."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.intake.tracking.received_events import record_case_event, record_notification_event
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.events import notify, routing
from shared.events.notify import NotificationPayload
from shared.events.routing import CasePayload

CASE_EVENTS = tuple(kind for kind in routing.EVENTS if issubclass(kind, CasePayload))
NOTIFICATION_EVENTS = tuple(kind for kind in notify.EVENTS if issubclass(kind, NotificationPayload))


def handlers() -> Handlers:
    """The handlers, each with its use case."""
    return EventHandler(CASE_EVENTS, _record_case), EventHandler(NOTIFICATION_EVENTS, _record_notifications)


def _record_case(session: Session, opened: Sequence[OpenedEvent[CasePayload]]) -> None:
    for each in opened:
        record_case_event(session, each.event, each.payload)


def _record_notifications(session: Session, opened: Sequence[OpenedEvent[NotificationPayload]]) -> None:
    for each in opened:
        record_notification_event(session, each.event, each.payload)
