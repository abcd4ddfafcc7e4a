"""Events of notify that concern a case, and the use case that each calls."""

from sqlalchemy.orm import Session

from services.routing.cases.delivery_status import record_delivered, record_failed
from shared.bus.event_processor import Handler
from shared.clock import Clock
from shared.events.envelope import Event
from shared.events.notify import NotificationDelivered, NotificationFailed


def handlers(clock: Clock) -> dict[str, Handler]:
    """The handlers by the event's name."""

    def failed(event: Event, session: Session) -> None:
        record_failed(NotificationFailed.open(event), event.municipality, session=session, now=clock())

    def delivered(event: Event, session: Session) -> None:
        record_delivered(NotificationDelivered.open(event), event.municipality, session=session)

    return {NotificationFailed.NAME: failed, NotificationDelivered.NAME: delivered}
