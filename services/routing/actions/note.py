"""Note: an officer writes a tjänsteanteckning in the journal (FL 27 §). It is published to nobody."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    FormField,
    InBulk,
    Notified,
    OfficersText,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import perform
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later


class NoteSchema(ActionSchema):
    """The text of the note."""

    EXAMPLE: ClassVar = {"text": "Sökanden ringde och frågade om tiden."}

    text = OfficersText(required=True)


def note(command: Command, text: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Write in the journal. Raises what `perform` raises."""
    return perform(command, NOTE, {"text": text}, lambda context: None, sessions=sessions, now=now)


NOTE = ActionDefinition(
    action=Action.NOTE,
    path="notes",
    summary="Write a note in the journal.",
    schema=NoteSchema,
    conditional=False,
    may=who_sees_the_case,
    impartial=False,
    perform=lambda routing, command, data: note(command, **data, **routing.store_and_time()),
    purpose=Purpose.CASE,
    is_common=True,
    label=Label("Write a note"),
    key="N",
    journal_label=Label("Note"),
    confirmation=Label("The note is in the journal of %(number)s."),
    form=(
        FormField(
            "text",
            Label("Note"),
            hint=Label("For the journal. The submitter is not notified, but may ask to read it."),
            missing=later("Write the text."),
        ),
    ),
    send_label=Label("Save the note"),
    in_bulk=InBulk(Label("Write a note in each case"), Notified.NEVER),
    in_macro=True,
)
