"""Events of intake that become a case, and the use case that each calls."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from services.routing.organisation.organisation import Organisation
from services.routing.registration.register_case import register
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.clock import Clock
from shared.events.intake import SubmissionReceived

Organisations = Callable[[], Mapping[str, Organisation]]


def handlers(organisations: Organisations, clock: Clock) -> Handlers:
    """The handlers by the event's name, with each municipality's casework as it is adopted when a batch comes."""

    def received(session: Session, opened: Sequence[OpenedEvent[SubmissionReceived]]) -> None:
        register(opened, organisations(), session=session, now=clock())

    return (EventHandler((SubmissionReceived,), received),)
