"""What intake does with each event that it subscribes to."""

from services.intake.tracking.received_events import record_case_event, record_notification_event
from shared.bus.event_processor import Handler, Handlers
from shared.events import notify, routing
from shared.events.notify import NotificationPayload
from shared.events.routing import CasePayload


def handlers() -> Handlers:
    """The table: from an event to one call of a use case."""
    return {
        **{kind.NAME: _of_case(kind) for kind in routing.EVENTS if issubclass(kind, CasePayload)},
        **{kind.NAME: _of_notification(kind) for kind in notify.EVENTS if issubclass(kind, NotificationPayload)},
    }


def _of_case(kind: type[CasePayload]) -> Handler:
    return lambda event, session: record_case_event(session, event, kind.open(event))


def _of_notification(kind: type[NotificationPayload]) -> Handler:
    return lambda event, session: record_notification_event(session, event, kind.open(event))
