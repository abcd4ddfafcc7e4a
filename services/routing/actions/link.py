"""Link: an officer notes that two cases belong together. Both journals have it; nobody is notified."""

from datetime import datetime
from typing import Any, ClassVar

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
from services.routing.related.models import LinkKind
from services.routing.related.pair import PairCommand, link, other_case

LONGEST_NUMBER = 80


class OtherCaseSchema(ActionSchema):
    """The number of the other case; the board and the year may be left out where no other has it."""

    EXAMPLE: ClassVar = {"number": "TN 2026-00012"}

    number = OfficersText(required=True, most=LONGEST_NUMBER)


def link_cases(command: Command, number: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Link the case to the one with this number. Raises InvalidInput for `number`, and what `perform` raises."""
    data: dict[str, Any] = {}

    def change(context: ActionContext) -> None:
        other = other_case(context, number)
        link(context, other, LinkKind.RELATED)
        data.update(number=other.number, kind=LinkKind.RELATED, case_id=other.id)

    pair = PairCommand(command, command.target, number)
    return perform(pair, LINK, data, change, request={"number": number}, sessions=sessions, now=now)


LINK = ActionDefinition(
    action=Action.LINK,
    path="links",
    summary="Link a case to another of the same board.",
    schema=OtherCaseSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: link_cases(command, **data, **routing.store_and_time()),
    purpose=Purpose.CASE,
    label=Label("Link to another case"),
    key="C",
    journal_label=Label("Linked to another case"),
    confirmation=Label("%(number)s is linked to the other case."),
    form=(
        FormField(
            "number", Label("Number of the other case"), FieldKind.LINE, missing=later("Write the number of the case.")
        ),
    ),
    send_label=Label("Link the cases"),
)
