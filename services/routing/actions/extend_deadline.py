"""Extend the deadline: the board takes longer to decide, where the e-service's rule lets it (as PBL 9 kap. 99 §)."""

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
    Purpose,
    TextToSend,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.deadlines.clock import DeadlineClock
from services.routing.desk.texts import Label, later
from shared.events.intake import Extension
from shared.events.payloads import EventPayload
from shared.events.routing import CaseDeadlineExtended
from shared.swedish.time import local_date


class ExtensionSchema(ActionSchema):
    """By how much the deadline is extended, in the unit of the e-service's rule, and why."""

    EXAMPLE: ClassVar = {"amount": 4, "reason": "Grannarna ska höras."}

    amount = fields.Int(required=True, validate=validate.Range(1, 5_000))
    reason = TextToSend(required=True)


def extend_deadline(
    command: Command, amount: int, reason: str, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Extend the deadline by an amount of the unit that the e-service's rule has; the submitter is sent the reason.

    Raises InvalidInput where the rule does not let it: no extension at all, no more of them, too long, or when the
    period has not begun or has run out; and what `perform` raises.
    """
    data: dict[str, Any] = {"amount": amount, "reason": reason}

    def change(context: ActionContext) -> EventPayload:
        data["unit"] = _allowed(context.clock(), amount, context.at).unit
        return CaseDeadlineExtended(**case_fields(context.case, context.at), reason=reason)

    request = dict(data)
    return perform(command, EXTEND_DEADLINE, data, change, request=request, sessions=sessions, now=now)


def _allowed(clock: DeadlineClock, amount: int, now: datetime) -> Extension:
    """The rule's extension, where it lets the clock be extended by so much now. Raises InvalidInput."""
    extension = clock.rule.extension if clock.rule else None
    if extension is None or not clock.may_be_extended(local_date(now)):
        raise InvalidInput("amount", "The deadline cannot be extended now: its rule does not let it.")
    if amount > extension.most:
        raise InvalidInput("amount", "That is longer than the rule lets the deadline be extended.")
    return extension


EXTEND_DEADLINE = ActionDefinition(
    action=Action.EXTEND_DEADLINE,
    path="deadline-extensions",
    summary="Extend the deadline of a case.",
    schema=ExtensionSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: extend_deadline(command, **data, **routing.store_and_time()),
    purpose=Purpose.DEADLINE,
    label=Label("Extend the deadline"),
    key="X",
    journal_label=Label("Deadline extended"),
    confirmation=Label("The deadline of %(number)s has been extended, and the submitter is being notified."),
    form=(
        FormField(
            "amount",
            Label("By how much"),
            FieldKind.CHOICE,
            missing=later("Choose by how much."),
            choices="extensions",
        ),
        FormField(
            "reason", Label("Why it is extended"), hint=Label("The submitter reads this."), missing=later("Write why.")
        ),
    ),
    send_label=Label("Extend the deadline"),
    notifies=True,
    offered=lambda file, today: file.clock.may_be_extended(today),
)
