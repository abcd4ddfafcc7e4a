"""What intake does about each event it subscribes_to."""

from services.intake.tracking.received_events import case_told, notification_told
from shared.bus.event_processor import Handler, Handlers
from shared.events import notify, routing
from shared.events.notify import NotificationPayload
from shared.events.routing import CasePayload


def handlers() -> Handlers:
    """The table: event to one call into a use case."""
    return {
        **{kind.NAME: _about_case(kind) for kind in routing.EVENTS if issubclass(kind, CasePayload)},
        **{kind.NAME: _about_notification(kind) for kind in notify.EVENTS if issubclass(kind, NotificationPayload)},
    }


def _about_case(kind: type[CasePayload]) -> Handler:
    return lambda event, session: case_told(session, event, kind.open(event))


def _about_notification(kind: type[NotificationPayload]) -> Handler:
    return lambda event, session: notification_told(session, event, kind.open(event))
