"""Events of intake that become a case, and the use case that each calls."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from services.routing.context import UnknownMunicipality
from services.routing.organisation.organisation import Organisation
from services.routing.registration.register_case import register
from shared.bus.event_processor import Handler
from shared.clock import Clock
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived


def handlers(organisations: Mapping[str, Organisation], clock: Clock) -> dict[str, Handler]:
    """The handlers by the event's name, with each municipality's casework as it was adopted."""

    def received(event: Event, session: Session) -> None:
        if event.municipality not in organisations:
            raise UnknownMunicipality(event.municipality)
        submission = SubmissionReceived.open(event)
        register(submission, organisations[event.municipality], session=session, now=clock())

    return {SubmissionReceived.NAME: received}
