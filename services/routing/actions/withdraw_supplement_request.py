"""Withdraw a supplement request: the officer does not need any more what the submitter was asked for."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from marshmallow import fields
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
from services.routing.desk.texts import Label, later
from services.routing.supplements.models import RequestOutcome
from shared.events.payloads import EventPayload
from shared.events.routing import CaseSupplementRequestWithdrawn


class WithdrawalSchema(ActionSchema):
    """Which supplement request is withdrawn, and why."""

    EXAMPLE: ClassVar = {"request_id": "56c6cf40-a91a-4f53-8e3b-58c8ea083463", "reason": "Planen fanns redan."}

    request_id = fields.UUID(required=True)
    reason = TextToSend(required=True)


def withdraw_supplement_request(
    command: Command, request_id: UUID, reason: str, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Let the submitter off one open request; other requests stay open.

    Raises InvalidInput when the case has no such open request, and what `perform` raises.
    """

    def change(context: ActionContext) -> EventPayload:
        withdrawn = [each for each in context.open_requests if each.id == request_id]
        if not withdrawn:
            raise InvalidInput("request_id", "That request is not open any more.")
        context.end_requests(withdrawn, RequestOutcome.WITHDRAWN)
        return CaseSupplementRequestWithdrawn(**case_fields(context.case, now), request_id=request_id, reason=reason)

    data = {"request_id": request_id, "reason": reason}
    return perform(command, WITHDRAW_SUPPLEMENT_REQUEST, data, change, sessions=sessions, now=now)


WITHDRAW_SUPPLEMENT_REQUEST = ActionDefinition(
    action=Action.WITHDRAW_SUPPLEMENT_REQUEST,
    path="supplement-request-withdrawals",
    summary="Withdraw a supplement request.",
    schema=WithdrawalSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: withdraw_supplement_request(command, **data, **routing.store_and_time()),
    purpose=Purpose.SUBMITTER,
    label=Label("Withdraw a request for a supplement"),
    key="W",
    journal_label=Label("Request for a supplement withdrawn"),
    confirmation=Label("The request for a supplement in %(number)s has been withdrawn."),
    form=(
        FormField(
            "request_id",
            Label("Request"),
            FieldKind.CHOICE,
            missing=later("Choose a request."),
            choices="open_requests",
        ),
        FormField(
            "reason", Label("Why it is withdrawn"), hint=Label("The submitter reads this."), missing=later("Write why.")
        ),
    ),
    send_label=Label("Withdraw the request"),
    notifies=True,
    offered=lambda file, today: bool(file.open_requests),
)
