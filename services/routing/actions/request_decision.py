"""Request a decision: the submitter requests in writing that a case be decided which has taken six months (FL 12 §)."""

from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validates
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    Default,
    FieldKind,
    FormField,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import SubmissionCopy
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.deadlines.clock import last_day_to_answer
from services.routing.desk.texts import Label, later
from shared.events.payloads import EventPayload
from shared.events.routing import CaseDecisionRequested
from shared.swedish.time import local_date


class DecisionRequestSchema(ActionSchema):
    """The day that the submitter's request reached the authority."""

    received_on = fields.Date(required=True)

    @validates("received_on")
    def _has_come(self, day: date, **_: Any) -> None:
        if day > local_date(self.clock()):
            raise ValidationError(later("What has come in cannot have come in after today."))


def request_decision(
    command: Command, received_on: date, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Register the request: within four weeks the board has to decide the case, or to reject the request.

    Raises InvalidInput where the law gives no such right: another legal regime, before six months have gone, a second
    time, or after a decision; and what `perform` raises.
    """

    def change(context: ActionContext) -> EventPayload:
        content = context.session.get_one(SubmissionCopy, context.case.id)
        if not content.regime.follows_all_of_forvaltningslagen:
            raise InvalidInput("received_on", "The law that the case is handled under gives no such right.")
        if not context.clock().decision_may_be_requested(received_on):
            raise InvalidInput("received_on", "A decision may be requested once, after six months without one.")
        answer_by = last_day_to_answer(received_on)
        fields_ = case_fields(context.case, context.at)
        return CaseDecisionRequested(**fields_, received_on=received_on, answer_by=answer_by)

    return perform(command, REQUEST_DECISION, {"received_on": received_on}, change, sessions=sessions, now=now)


REQUEST_DECISION = ActionDefinition(
    action=Action.REQUEST_DECISION,
    path="decision-requests",
    summary="Register that the submitter requests a decision after six months.",
    schema=DecisionRequestSchema,
    conditional=True,
    may=who_sees_the_case,
    impartial=False,
    perform=lambda routing, command, data: request_decision(command, **data, **routing.store_and_time()),
    label=Label("Register a request for a decision"),
    key="P",
    journal_label=Label("Submitter requested a decision"),
    confirmation=Label("The request for a decision in %(number)s has been registered."),
    form=(
        FormField(
            "received_on",
            Label("The day it reached us"),
            FieldKind.DATE,
            hint=Label("The case is then to be decided within four weeks, or the request rejected."),
            missing=later("Enter the day when it reached us."),
            default=Default.TODAY,
        ),
    ),
    send_label=Label("Register the request"),
    notifies=True,
    offered=lambda file, today: (
        file.regime.follows_all_of_forvaltningslagen and file.clock.decision_may_be_requested(today)
    ),
)
