"""Correct the address: an officer enters where the submitter is written to, and what did not arrive is sent there."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate
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
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.case_file import arrival_in
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import JournalEntry, SubmissionCopy
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.search.rebuild import rewrite
from shared.email_addresses import MAX_EMAIL, NoEmailAddress, mask, normal_form
from shared.events.intake import Submitter, SubmitterKind
from shared.events.payloads import EventPayload
from shared.events.routing import CaseAddressCorrected


class EmailAddress(fields.Str):
    """An e-mail address, read in its normal form as the e-services' forms read it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=MAX_EMAIL), metadata={"format": "email"}, **options)

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> str:
        text = str(super()._deserialize(value, *arguments, **named))
        self._validate(text)  # its length, before it is looked at more closely
        try:
            return normal_form(text)
        except NoEmailAddress as error:
            raise ValidationError(later("That is not an e-mail address. Write it like name@example.se.")) from error


class CorrectionSchema(ActionSchema):
    """The right address, or the same when what did not arrive is only to be sent again; and why."""

    EXAMPLE: ClassVar = {"email": "kim@example.org", "reason": "Sökanden ringde."}

    email = EmailAddress(required=True)
    reason = OfficersText(required=True)


def correct_address(
    command: Command, email: str, reason: str, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Have the submitter written to at another address, from now on and with what did not arrive at the old one.

    Who came by letter without an address may give one later. The journal cannot be changed afterwards, so it has the
    address masked. Raises InvalidInput where the submitter is anonymous, and what `perform` raises.
    """

    def change(context: ActionContext) -> EventPayload:
        content = context.session.get_one(SubmissionCopy, context.case.id)
        known = _known(context, content)
        data["corrected"] = corrected = known.get("email") != email
        content.submitter = {**known, "email": email}
        rewrite(context.session, [context.case])
        return CaseAddressCorrected(**case_fields(context.case, context.at), email=email, corrected=corrected)

    request = {"email": email, "reason": reason}
    data: dict[str, Any] = {"email": mask(email), "reason": reason}
    return perform(command, CORRECT_ADDRESS, data, change, request=request, sessions=sessions, now=now)


def _known(context: ActionContext, content: SubmissionCopy) -> dict[str, Any]:
    """What is known of the submitter: of who came otherwise than through an e-service, perhaps nothing."""
    if content.submitter is not None:
        return content.submitter
    if arrival_in(context.session.get_one(JournalEntry, (context.case.id, 1))) is None:
        raise InvalidInput("email", "The submitter is anonymous, and there is nobody to write to.")
    return asdict(Submitter(SubmitterKind.PERSON))


CORRECT_ADDRESS = ActionDefinition(
    action=Action.CORRECT_ADDRESS,
    path="address-corrections",
    summary="Enter or correct the submitter's e-mail address, and send what did not arrive.",
    schema=CorrectionSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: correct_address(command, **data, **routing.store_and_time()),
    purpose=Purpose.SUBMITTER,
    label=Label("Enter the e-mail address and send what did not arrive"),
    key="A",
    journal_label=Label("E-mail address of the submitter"),
    confirmation=Label("The address of %(number)s is noted. What had not arrived, if anything, is sent again."),
    form=(
        FormField(
            "email",
            Label("E-mail address"),
            FieldKind.LINE,
            hint=Label("Leave it as it is to send again to the same address."),
            missing=later("Write the e-mail address."),
            choices="email",
            default=Default.FIRST_CHOICE,
        ),
        FormField(
            "reason",
            Label("How you know it"),
            hint=Label("For the journal. Make sure that the address is the submitter’s own."),
            missing=later("Write how you know it."),
        ),
    ),
    send_label=Label("Save and send"),
    offered=lambda file, today: file.content.submitter is not None or file.arrival is not None,
)
