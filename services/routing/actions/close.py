"""Close: nothing more is to be done in a decided case. Who closes it with open sub-tasks is to confirm that."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    CONFIRMED,
    ActionDefinition,
    ActionSchema,
    InBulk,
    Notified,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, Change, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label
from services.routing.subtasks.subtasks import count_open
from shared.events.payloads import EventPayload
from shared.events.routing import CaseClosed


class ClosureSchema(ActionSchema):
    """`confirmed`: close it also with sub-tasks that are not finished."""

    confirmed = fields.Bool(load_default=False)


def close(command: Command, confirmed: bool = False, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Close a decided case. Raises InvalidInput for `confirmed` while sub-tasks are open, and what `perform` raises."""
    data, change = closing(confirmed=confirmed)
    return perform(command, CLOSE, data, change, request={}, sessions=sessions, now=now)


def closing(*, confirmed: bool = False) -> tuple[dict[str, Any], Change]:
    """What closing a case does to it, and the data for the journal, which that fills in."""
    data: dict[str, Any] = {}

    def change(context: ActionContext) -> EventPayload:
        open_subtasks = count_open(context.session, context.case)
        if open_subtasks and not confirmed:
            raise InvalidInput(
                CONFIRMED, "The case has sub-tasks that are not finished. Confirm that it is to be closed."
            )
        if open_subtasks:
            data["open_subtasks"] = open_subtasks
        return CaseClosed(**case_fields(context.case, context.at))

    return data, change


CLOSE = ActionDefinition(
    action=Action.CLOSE,
    path="closures",
    summary="Close a decided case.",
    schema=ClosureSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: close(command, **data, **routing.store_and_time()),
    purpose=Purpose.CASE,
    label=Label("Close the case"),
    key="S",
    journal_label=Label("Closed"),
    confirmation=Label("%(number)s is closed."),
    in_bulk=InBulk(Label("Close the cases"), Notified.BY_ESERVICE),
)
