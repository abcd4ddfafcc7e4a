"""Release: the officer puts the case back in its queue."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    InBulk,
    NothingSchema,
    Notified,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action, State
from services.routing.desk.texts import Label
from services.routing.organisation.organisation import Organisation
from services.routing.queues.external import publish_to_queue
from shared.events.payloads import EventPayload
from shared.events.routing import CaseReleased

RELEASED = {
    "sv": "En handläggare har lagt tillbaka ärendet i kön.",
    "en": "An officer has put the case back in the queue.",
}


def release(
    command: Command, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Put the case back in its queue, without an officer. Raises what `perform` raises."""

    def change(context: ActionContext) -> EventPayload:
        return put_back(context, organisation)

    return perform(command, RELEASE, {}, change, sessions=sessions, now=now)


def put_back(context: ActionContext, organisation: Organisation) -> EventPayload:
    """Have the case wait in its queue again, without an officer."""
    case = context.case
    case.state = State.QUEUED
    case.officer_subject = case.officer_name = None
    queue = organisation.queue(case.queue)
    publish_to_queue(context.session, case, queue, RELEASED, sequence=context.sequence, at=context.at)
    return CaseReleased(**case_fields(case, context.at))


RELEASE = ActionDefinition(
    action=Action.RELEASE,
    path="releases",
    summary="Put a case back in its queue.",
    schema=NothingSchema,
    conditional=True,
    may=who_sees_the_case,
    impartial=False,
    perform=lambda routing, command, data: release(
        command, routing.organisation_of(command.officer), **routing.store_and_time()
    ),
    purpose=Purpose.HANDLING,
    label=Label("Put back in the queue"),
    key="L",
    journal_label=Label("Put back in the queue"),
    confirmation=Label("%(number)s is back in its queue."),
    in_bulk=InBulk(Label("Put the cases back in their queues"), Notified.NEVER),
    in_macro=True,
)
