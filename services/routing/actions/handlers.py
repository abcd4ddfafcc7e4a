"""Events of intake that are an action on a case, and the use case that each calls."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.routing.actions.receive_supplement import receive_from_submitters
from services.routing.actions.request_decision import request_by_submitters
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.clock import Clock
from shared.events.intake import SubmissionDecisionRequested, SubmissionSupplemented


def handlers(clock: Clock) -> Handlers:
    """The handlers by the event's name."""

    def supplemented(session: Session, opened: Sequence[OpenedEvent[SubmissionSupplemented]]) -> None:
        receive_from_submitters(opened, session=session, now=clock())

    def decision_requested(session: Session, opened: Sequence[OpenedEvent[SubmissionDecisionRequested]]) -> None:
        request_by_submitters(opened, session=session, now=clock())

    return (
        EventHandler((SubmissionSupplemented,), supplemented),
        EventHandler((SubmissionDecisionRequested,), decision_requested),
    )
