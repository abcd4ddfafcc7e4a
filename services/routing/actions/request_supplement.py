"""Request a supplement: an officer asks the submitter for what is missing (FL 20 §)."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from marshmallow import ValidationError, fields, validates
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    DOCUMENTS,
    ActionDefinition,
    ActionSchema,
    DocumentIds,
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
from services.routing.documents.enclose import NOTHING_ENCLOSED, Enclosed, enclosed
from services.routing.supplements.models import SupplementRequest
from shared.events.payloads import EventPayload
from shared.events.routing import CaseSupplementRequested
from shared.swedish.time import local_date

LONGEST_WAIT = timedelta(days=366)


class SupplementRequestSchema(ActionSchema):
    """What is missing, and the last day to send it."""

    EXAMPLE: ClassVar = {"text": "Skicka en situationsplan i skala 1:500.", "answer_by": "2026-12-11"}

    text = TextToSend(required=True)
    answer_by = fields.Date(required=True)
    documents = DocumentIds()

    @validates("answer_by")
    def _leaves_time_to_answer(self, day: date, **_: Any) -> None:
        if not timedelta(0) < day - local_date(self.clock()) <= LONGEST_WAIT:
            raise ValidationError(later("The last day to answer must be after today and within a year."))


def request_supplement(
    command: Command,
    text: str,
    answer_by: date,
    enclosed: Enclosed = NOTHING_ENCLOSED,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Ask the submitter for what is missing, beside what they were asked for before.

    Raises InvalidInput where a document is not here any more, and what `perform` raises.
    """
    request_id = uuid4()

    def change(context: ActionContext) -> EventPayload:
        case, officer = context.case, command.officer
        enclosed.take_over(context.session, case, context.sequence)
        opened = SupplementRequest(
            id=request_id,
            case_id=case.id,
            municipality=case.municipality,
            text=text,
            requested_at=now,
            requested_by_subject=officer.subject,
            requested_by=officer.name,
            answer_by=answer_by,
        )
        context.session.add(opened)
        context.past.requests.append(opened)
        case.answer_by = min(case.answer_by or answer_by, answer_by)
        fields_of_case = case_fields(case, now)
        return CaseSupplementRequested(
            **fields_of_case, text=text, answer_by=answer_by, request_id=request_id, documents=enclosed.sent
        )

    asked: dict[str, Any] = {"text": text, "answer_by": answer_by}
    request = asked | enclosed.requested
    data = asked | {"request_id": request_id} | enclosed.noted
    return perform(command, REQUEST_SUPPLEMENT, data, change, request=request, sessions=sessions, now=now)


REQUEST_SUPPLEMENT = ActionDefinition(
    action=Action.REQUEST_SUPPLEMENT,
    path="supplement-requests",
    summary="Ask the submitter for what is missing.",
    schema=SupplementRequestSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: request_supplement(
        command, data["text"], data["answer_by"], enclosed(routing, command, data), **routing.store_and_time()
    ),
    purpose=Purpose.SUBMITTER,
    is_common=True,
    label=Label("Request a supplement"),
    key="K",
    journal_label=Label("Supplement requested"),
    confirmation=Label("The request for a supplement in %(number)s has been sent."),
    form=(
        FormField(
            "text",
            Label("What is missing"),
            hint=Label("Say what the submitter is to send, and what happens otherwise."),
            missing=later("Write the text."),
        ),
        FormField(
            "answer_by",
            Label("Last day to answer"),
            FieldKind.DATE,
            missing=later("Enter the last day to answer."),
        ),
        DOCUMENTS,
    ),
    send_label=Label("Send the request"),
    notifies=True,
    in_bulk=InBulk(Label("Request a supplement in each case"), Notified.ALWAYS),
    standard_text_into="text",
    in_macro=True,
)
