"""What intake does about each event it hears."""

from services.intake.happenings import case_told, notification_told
from shared.bus.handling import Handler, Handlers
from shared.events import notify, routing
from shared.events.notify import NotificationFact
from shared.events.routing import CaseFact


def handlers() -> Handlers:
    """The table: event to one call into a use case."""
    return {
        **{kind.NAME: _about_case(kind) for kind in routing.EVENTS if issubclass(kind, CaseFact)},
        **{kind.NAME: _about_notification(kind) for kind in notify.EVENTS if issubclass(kind, NotificationFact)},
    }


def _about_case(kind: type[CaseFact]) -> Handler:
    return lambda event, session: case_told(session, event, kind.open(event))


def _about_notification(kind: type[NotificationFact]) -> Handler:
    return lambda event, session: notification_told(session, event, kind.open(event))
