"""Report a delay: the submitter is informed that the decision will be materially delayed, and why (FL 11 §)."""

from datetime import date, datetime
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    FieldKind,
    FormField,
    InBulk,
    Notified,
    Purpose,
    TextToSend,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from shared.events.payloads import EventPayload
from shared.events.routing import CaseDelayed
from shared.swedish.time import local_date


class DelaySchema(ActionSchema):
    """Why the decision is delayed, and when it may be expected, where that is known."""

    EXAMPLE: ClassVar = {"reason": "Vi väntar på ett yttrande.", "expected_on": "2027-01-29"}

    reason = TextToSend(required=True)
    expected_on = fields.Date(load_default=None, allow_none=True)

    @validates("expected_on")
    def _is_to_come(self, day: date | None, **_: Any) -> None:
        if day is not None and day < local_date(self.clock()):
            raise ValidationError(later("The day when a decision may be expected cannot have passed."))


def report_delay(
    command: Command, reason: str, expected_on: date | None, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Inform the submitter of a delay; no deadline is moved by that. Raises what `perform` raises."""

    def change(context: ActionContext) -> EventPayload:
        return CaseDelayed(**case_fields(context.case, context.at), reason=reason, expected_on=expected_on)

    data = {"reason": reason, "expected_on": expected_on}
    return perform(command, REPORT_DELAY, data, change, sessions=sessions, now=now)


REPORT_DELAY = ActionDefinition(
    action=Action.REPORT_DELAY,
    path="delays",
    summary="Inform the submitter that the case is delayed.",
    schema=DelaySchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: report_delay(command, **data, **routing.store_and_time()),
    purpose=Purpose.DEADLINE,
    label=Label("Notify the submitter of a delay"),
    key="D",
    journal_label=Label("Submitter notified of a delay"),
    confirmation=Label("The submitter is being notified that %(number)s is delayed."),
    form=(
        FormField(
            "reason", Label("Why it is delayed"), hint=Label("The submitter reads this."), missing=later("Write why.")
        ),
        FormField(
            "expected_on",
            Label(
                "When a decision may be expected",
                reply="When a reply may be expected",
                either="When a decision or reply may be expected",
            ),
            FieldKind.DATE,
            optional=lambda regime: True,
        ),
    ),
    send_label=Label("Notify the submitter"),
    notifies=True,
    in_bulk=InBulk(Label("Notify the submitters of a delay"), Notified.ALWAYS),
    in_macro=True,
)
