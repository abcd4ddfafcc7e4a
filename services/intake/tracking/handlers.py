"""What intake does with the events that it subscribes to."""

from services.intake.tracking.expected_times import remember
from services.intake.tracking.received_events import record
from shared.bus.event_processor import EventHandler, Handlers
from shared.events import notify, routing
from shared.events.notify import NotificationPayload
from shared.events.routing import CasePayload, CaseTimesMeasured

CASE_EVENTS = tuple(kind for kind in routing.EVENTS if issubclass(kind, CasePayload))
NOTIFICATION_EVENTS = tuple(kind for kind in notify.EVENTS if issubclass(kind, NotificationPayload))


def handlers() -> Handlers:
    """One for all that is about a submission, so that a batch changes its submissions in one order."""
    return (EventHandler((*CASE_EVENTS, *NOTIFICATION_EVENTS), record), EventHandler((CaseTimesMeasured,), remember))
