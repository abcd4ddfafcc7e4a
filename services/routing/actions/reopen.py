"""Reopen: an officer takes a decided or closed case up again (FL 36-39 §§).

Who may reopen it stands in REOPEN, below, from which states in `cases/state_machine.py`; who does has it from then on,
to work with it now: that ends its hold.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    FormField,
    Purpose,
    TextToSend,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.holds import record
from services.routing.holds.models import HoldOutcome
from services.routing.related.pair import JoinedCommand, separate
from shared.events.payloads import EventPayload
from shared.events.routing import CaseReopened


class ReopeningSchema(ActionSchema):
    """Why the case is reopened."""

    EXAMPLE: ClassVar = {"reason": "Lampan är släckt igen."}

    reason = TextToSend(required=True)


def reopen(command: Command, reason: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Reopen a decided or closed case, which the officer then has, and which is then joined with no other.

    Raises what `perform` raises.
    """
    officer = command.officer
    data: dict[str, Any] = {"reason": reason}

    def change(context: ActionContext) -> EventPayload:
        context.case.officer_subject, context.case.officer_name = officer.subject, officer.name
        if record.end(context.session, context.case, HoldOutcome.TAKEN, at=context.at):
            data["hold_ended"] = True
        data.update(separate(context))
        return CaseReopened(**case_fields(context.case, context.at), officer_name=officer.name, reason=reason)

    both = JoinedCommand(command, command.target)
    return perform(both, REOPEN, data, change, request=dict(data), sessions=sessions, now=now)


REOPEN = ActionDefinition(
    action=Action.REOPEN,
    path="reopenings",
    summary="Take a case up again.",
    schema=ReopeningSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: reopen(command, **data, **routing.store_and_time()),
    purpose=Purpose.CASE,
    label=Label("Reopen the case"),
    key="O",
    journal_label=Label("Reopened"),
    confirmation=Label("%(number)s is open again, and yours to handle."),
    form=(
        FormField(
            "reason",
            Label("Why it is taken up again"),
            hint=Label("The submitter reads this."),
            missing=later("Write why."),
        ),
    ),
    send_label=Label("Reopen the case"),
    notifies=True,
)
