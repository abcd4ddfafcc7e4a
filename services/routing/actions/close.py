"""Close: nothing more is to be done in a decided case."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import ActionDefinition, NothingSchema, who_sees_the_case
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label
from shared.events.payloads import EventPayload
from shared.events.routing import CaseClosed


def close(command: Command, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Close a decided case. Raises what `perform` raises."""
    return perform(command, CLOSE, {}, closed, sessions=sessions, now=now)


def closed(context: ActionContext) -> EventPayload:
    """The event of a case that is closed; nothing but its state changes."""
    return CaseClosed(**case_fields(context.case, context.at))


CLOSE = ActionDefinition(
    action=Action.CLOSE,
    path="closures",
    summary="Close a decided case.",
    schema=NothingSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: close(command, **routing.store_and_time()),
    label=Label("Close the case"),
    key="S",
    journal_label=Label("Closed"),
    confirmation=Label("%(number)s is closed."),
)
