"""Events of intake that are an action on a case, and the use case that each calls."""

from sqlalchemy.orm import Session

from services.routing.actions.receive_supplement import receive_from_submitter
from shared.bus.event_processor import Handler
from shared.clock import Clock
from shared.events.envelope import Event
from shared.events.intake import SubmissionSupplemented


def handlers(clock: Clock) -> dict[str, Handler]:
    """The handlers by the event's name."""

    def supplemented(event: Event, session: Session) -> None:
        receive_from_submitter(SubmissionSupplemented.open(event), event.municipality, session=session, now=clock())

    return {SubmissionSupplemented.NAME: supplemented}
