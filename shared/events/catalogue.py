"""Every event that this version of Ärende knows, of all publishers."""

from shared.events import intake, notify, routing
from shared.events.payloads import EventPayload

EVENTS: tuple[type[EventPayload], ...] = (*intake.EVENTS, *routing.EVENTS, *notify.EVENTS)

WRITTEN = frozenset(kind.NAME for kind in EVENTS if kind.WRITTEN)

NEWEST_VERSIONS = {kind.NAME: kind.VERSION for kind in EVENTS}
