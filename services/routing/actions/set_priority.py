"""Set the priority: how urgent the case is among others, with a reason. The deadline stays what it is."""

from datetime import datetime
from typing import Any, ClassVar

from marshmallow import fields, validate
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    FieldKind,
    FormField,
    OfficersText,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.rules.rules import Priority


class PrioritySchema(ActionSchema):
    """The new priority, by its name in rules, and why."""

    EXAMPLE: ClassVar = {"priority": "high", "reason": "Stolpen lutar över vägen."}

    priority = fields.Str(required=True, validate=validate.OneOf([each.code for each in Priority]))
    reason = OfficersText(required=True)


def set_priority(
    command: Command, priority: str, reason: str, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Give the case the priority of this name. Raises InvalidInput when it has it already; and as `perform`."""
    data: dict[str, Any] = {"priority": priority, "reason": reason}

    def change(context: ActionContext) -> None:
        case, new = context.case, Priority[priority.upper()]
        if case.priority == new:
            raise InvalidInput("priority", "The case has that priority already.")
        data["before"] = Priority(case.priority).code
        case.priority = new

    return perform(command, SET_PRIORITY, data, change, request=dict(data), sessions=sessions, now=now)


SET_PRIORITY = ActionDefinition(
    action=Action.SET_PRIORITY,
    path="priorities",
    summary="Change the priority of a case.",
    schema=PrioritySchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: set_priority(command, **data, **routing.store_and_time()),
    key="U",
    purpose=Purpose.PLAN,
    label=Label("Change the priority"),
    journal_label=Label("Priority changed"),
    confirmation=Label("The priority of %(number)s has been changed."),
    form=(
        FormField(
            "priority",
            Label("Priority"),
            FieldKind.CHOICE,
            missing=later("Choose a priority."),
            choices="priorities",
        ),
        FormField(
            "reason",
            Label("Why it is changed"),
            hint=Label("For the journal. The submitter is not notified, but may ask to read it."),
            missing=later("Write why."),
        ),
    ),
    send_label=Label("Change the priority"),
    in_macro=True,
)
