"""What routing subscribes_to, and the use case that each event calls."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from services.routing.actions.supplements import receive_from_submitter
from services.routing.cases.delivery_status import delivered, not_delivered
from services.routing.organisation.organisation import Organisation
from services.routing.registration.register_case import register
from shared.bus.event_processor import Handler
from shared.clock import Clock
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived, SubmissionSupplemented
from shared.events.notify import NotificationDelivered, NotificationFailed


class UnknownMunicipality(Exception):
    """The event belongs to a municipality that this installation has no casework for."""


def handlers(organisations: Mapping[str, Organisation], clock: Clock) -> dict[str, Handler]:
    """The table of handlers, with each municipality's casework as it was adopted."""

    def received(event: Event, session: Session) -> None:
        if event.municipality not in organisations:
            raise UnknownMunicipality(event.municipality)
        fact = SubmissionReceived.open(event)
        register(fact, organisations[event.municipality], session=session, now=clock())

    def supplemented(event: Event, session: Session) -> None:
        receive_from_submitter(SubmissionSupplemented.open(event), event.municipality, session=session, now=clock())

    def failed(event: Event, session: Session) -> None:
        not_delivered(NotificationFailed.open(event), event.municipality, session=session, now=clock())

    def arrived(event: Event, session: Session) -> None:
        delivered(NotificationDelivered.open(event), event.municipality, session=session)

    return {
        SubmissionReceived.NAME: received,
        SubmissionSupplemented.NAME: supplemented,
        NotificationFailed.NAME: failed,
        NotificationDelivered.NAME: arrived,
    }
