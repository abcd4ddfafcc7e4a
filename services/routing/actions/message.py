"""Message: an officer writes to the submitter."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    DOCUMENTS,
    ActionDefinition,
    ActionSchema,
    DocumentIds,
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
from shared.events.payloads import EventPayload
from shared.events.routing import CaseMessageSent


class MessageSchema(ActionSchema):
    """The text of the message."""

    EXAMPLE: ClassVar = {"text": "Vi lagar lampan på torsdag."}

    text = TextToSend(required=True)
    documents = DocumentIds()


def message(
    command: Command,
    text: str,
    enclosed: Enclosed = NOTHING_ENCLOSED,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Write to the submitter. Raises InvalidInput where a document is not here any more, and what `perform` raises."""

    def change(context: ActionContext) -> EventPayload:
        enclosed.take_over(context.session, context.case, context.sequence)
        return CaseMessageSent(**case_fields(context.case, context.at), text=text, documents=enclosed.sent)

    data, request = {"text": text} | enclosed.noted, {"text": text} | enclosed.requested
    return perform(command, MESSAGE, data, change, request=request, sessions=sessions, now=now)


MESSAGE = ActionDefinition(
    action=Action.MESSAGE,
    path="messages",
    summary="Write to the submitter.",
    schema=MessageSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: message(
        command, data["text"], enclosed(routing, command, data), **routing.store_and_time()
    ),
    purpose=Purpose.SUBMITTER,
    is_common=True,
    label=Label("Write to the submitter"),
    key="M",
    journal_label=Label("Message to the submitter"),
    confirmation=Label("The message in %(number)s has been sent."),
    form=(FormField("text", Label("Message"), missing=later("Write the text.")), DOCUMENTS),
    send_label=Label("Send the message"),
    notifies=True,
    in_bulk=InBulk(Label("Write to the submitters"), Notified.ALWAYS),
    standard_text_into="text",
    in_macro=True,
)
