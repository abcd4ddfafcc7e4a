"""What routing subscribes to: each capability's events and their handlers."""

from collections.abc import Mapping

from services.routing.actions import handlers as actions
from services.routing.cases import handlers as cases
from services.routing.organisation.organisation import Organisation
from services.routing.registration import handlers as registration
from shared.bus.event_processor import Handler
from shared.clock import Clock


def handlers(organisations: Mapping[str, Organisation], clock: Clock) -> dict[str, Handler]:
    """The table of handlers, with each municipality's casework as it was adopted."""
    return {
        **registration.handlers(organisations, clock),
        **actions.handlers(clock),
        **cases.handlers(clock),
    }
