"""Put on hold: the case leaves the working lists until a time, and comes back by itself. The deadline clock runs on."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from marshmallow import ValidationError, fields, validate, validates_schema
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
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.holds import record
from services.routing.holds.models import Hold
from shared.swedish.time import STOCKHOLM

LONGEST = timedelta(days=366)
_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class HoldSchema(ActionSchema):
    """Why the case waits, and until which day and time in Sweden; without a time it comes back as the day begins."""

    EXAMPLE: ClassVar = {"until_day": "2026-12-04", "until_time": "08:00", "reason": "Väntar på entreprenören."}

    until_day = fields.Date(required=True)
    until_time = fields.Str(
        load_default="00:00",
        validate=validate.Regexp(_TIME, error=later("Write the time as 09:30.")),
        metadata={"description": "In Sweden, as 09:30."},
    )
    reason = OfficersText(required=True)

    @validates_schema
    def _comes_back(self, data: dict[str, Any], **_: Any) -> None:
        if not timedelta(0) < _moment(data["until_day"], data["until_time"]) - self.clock() <= LONGEST:
            raise ValidationError(later("The case must come back after now and within a year."), "until_day")


def put_on_hold(
    command: Command,
    until_day: date,
    until_time: str,
    reason: str,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Keep the case out of the working lists until a time in Sweden, in place of a hold that it has.

    Only that time, an officer, or a supplement ends it. Raises what `perform` raises.
    """
    until, hold_id = _moment(until_day, until_time), uuid4()

    def change(context: ActionContext) -> None:
        hold = Hold(
            id=hold_id,
            case_id=context.case.id,
            municipality=context.case.municipality,
            reason=reason,
            until=until,
            begun_at=now,
            begun_by_subject=command.officer.subject,
            begun_by=command.officer.name,
        )
        record.begin(context.session, context.case, hold)

    request = {"until": until, "reason": reason}
    data = request | {"hold_id": hold_id}
    return perform(command, PUT_ON_HOLD, data, change, request=request, sessions=sessions, now=now)


def _moment(day: date, written: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(written), STOCKHOLM)


PUT_ON_HOLD = ActionDefinition(
    action=Action.PUT_ON_HOLD,
    path="holds",
    summary="Put a case on hold until a time, when it comes back by itself.",
    schema=HoldSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: put_on_hold(command, **data, **routing.store_and_time()),
    key="V",
    purpose=Purpose.PLAN,
    label=Label("Put on hold"),
    journal_label=Label("On hold"),
    confirmation=Label("%(number)s is on hold, and comes back by itself."),
    form=(
        FormField(
            "until_day",
            Label("The day when it comes back"),
            FieldKind.DATE,
            hint=Label("The last day to decide stays as it is.", reply="The last day to reply stays as it is."),
            missing=later("Enter the day when it comes back."),
        ),
        FormField("until_time", Label("Time of day"), FieldKind.TIME, optional=lambda regime: True),
        FormField(
            "reason",
            Label("Why it waits"),
            hint=Label("For the journal. The submitter is not notified, but may ask to read it."),
            missing=later("Write why."),
        ),
    ),
    send_label=Label("Put on hold"),
    in_macro=True,
)
