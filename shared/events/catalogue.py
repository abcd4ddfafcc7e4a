"""Every event that this version of Ärende knows, whoever publishes it."""

from shared.events import intake, notify, routing
from shared.events.payloads import EventPayload

EVENTS: tuple[type[EventPayload], ...] = (*intake.EVENTS, *routing.EVENTS, *notify.EVENTS)

NEWEST_VERSIONS = {kind.NAME: kind.VERSION for kind in EVENTS}
