"""Reject a request for a decision: the board decides, appealably, not to decide the case now (FL 12 §)."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    Default,
    FieldKind,
    FormField,
    OfficersText,
    Purpose,
    TextToSend,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.case_file import CaseFile
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import SubmissionCopy
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload
from shared.events.routing import CaseDecisionRequestRejected
from shared.swedish.law import AppealAuthority


class RejectionSchema(ActionSchema):
    """Why the case cannot be decided now, and who rejects it, where it is not the officer."""

    EXAMPLE: ClassVar = {"reason": "Utredningen är inte klar: länsstyrelsens yttrande saknas."}

    reason = TextToSend(required=True)
    decided_by = OfficersText(load_default=None, allow_none=True, most=200)


def reject_decision_request(
    command: Command,
    reason: str,
    decided_by: str | None,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Reject it, in a decision that may be appealed to whom a decision in the case itself would be (FL 12 § 2 st.).

    Raises InvalidInput where no request waits for an answer, and what `perform` raises.
    """
    decided_by = decided_by or command.officer.name

    def change(context: ActionContext) -> EventPayload:
        request = context.clock().decision_request
        if request is None or not request.is_open:
            raise InvalidInput("reason", "No request for a decision waits for an answer.")
        kind = context.session.get_one(SubmissionCopy, context.case.id).handling["appeal"]
        return CaseDecisionRequestRejected(
            **case_fields(context.case, context.at),
            reason=reason,
            decided_by=decided_by,
            appeal=organisation.authority(kind or AppealAuthority.FORVALTNINGSRATTEN),
        )

    data: dict[str, Any] = {"reason": reason, "decided_by": decided_by}
    return perform(command, REJECT_DECISION_REQUEST, data, change, sessions=sessions, now=now)


def _waits(file: CaseFile) -> bool:
    request = file.clock.decision_request
    return request is not None and request.is_open


REJECT_DECISION_REQUEST = ActionDefinition(
    action=Action.REJECT_DECISION_REQUEST,
    path="decision-request-rejections",
    summary="Reject the submitter's request for a decision.",
    schema=RejectionSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: reject_decision_request(
        command, **data, organisation=routing.organisation_of(command.officer), **routing.store_and_time()
    ),
    purpose=Purpose.DEADLINE,
    is_common=True,
    label=Label("Reject the request for a decision"),
    key="R",
    journal_label=Label("Request for a decision rejected"),
    confirmation=Label("The request for a decision in %(number)s has been rejected."),
    form=(
        FormField(
            "reason",
            Label("Why the case cannot be decided now"),
            hint=Label("The submitter reads this, and may appeal the rejection."),
            missing=later("Write why."),
        ),
        FormField(
            "decided_by",
            Label("Decided by"),
            FieldKind.LINE,
            choices="deciders",
            default=Default.FIRST_CHOICE,
            optional=lambda regime: True,
        ),
    ),
    send_label=Label("Reject the request"),
    notifies=True,
    offered=lambda file, today: _waits(file),
)
