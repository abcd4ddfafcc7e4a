"""Unlink: an officer takes back a link between two cases that was a mistake. Both journals have it; nobody is notified.

A join is taken back by reopening the case that it closed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import ActionDefinition, FieldKind, FormField, Purpose, who_sees_the_case
from services.routing.actions.link import OtherCaseSchema
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.related.models import LinkKind
from services.routing.related.pair import FIELD, PairCommand, case_of_number, link_between, remove_link


def unlink_cases(command: Command, number: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Take back the link to the case with this number. Raises InvalidInput for `number`, and what `perform` raises."""
    data: dict[str, Any] = {}

    def change(context: ActionContext) -> None:
        other = case_of_number(context, number)
        made = link_between(context.session, context.case, other)
        if made is None:
            raise InvalidInput(FIELD, "The cases are not linked.")
        if made.kind == LinkKind.JOINED:
            raise InvalidInput(
                FIELD, "The cases are joined. Reopen the one that was closed: it is then handled by itself again."
            )
        remove_link(context, made, other)
        data.update(number=other.number, kind=made.kind, case_id=other.id)

    pair = PairCommand(command, command.target, number)
    return perform(pair, UNLINK, data, change, request={"number": number}, sessions=sessions, now=now)


UNLINK = ActionDefinition(
    action=Action.UNLINK,
    path="link-removals",
    summary="Take back a link between two cases.",
    schema=OtherCaseSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: unlink_cases(command, **data, **routing.store_and_time()),
    purpose=Purpose.CASE,
    label=Label("Take back a link to another case"),
    journal_label=Label("Link to another case taken back"),
    confirmation=Label("%(number)s is no longer linked to the other case."),
    form=(
        FormField(
            "number", Label("Number of the other case"), FieldKind.LINE, missing=later("Write the number of the case.")
        ),
    ),
    send_label=Label("Take back the link"),
    offered=lambda file, today: False,  # each linked case has a button of its own
)
