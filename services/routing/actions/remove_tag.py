"""Remove a tag from a case, be it an officer's or a rule's."""

from datetime import datetime
from typing import ClassVar

from marshmallow import fields, validate
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    FieldKind,
    FormField,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.search.rebuild import rewrite


class RemovedTagSchema(ActionSchema):
    """The tag."""

    EXAMPLE: ClassVar = {"tag": "tjäle"}

    tag = fields.Str(required=True, validate=validate.Length(max=80))


def remove_tag(command: Command, tag: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Take a tag from the case, which is then not found by it. Raises InvalidInput when it lacks it; as `perform`."""

    def change(context: ActionContext) -> None:
        case = context.case
        if tag not in case.tags:
            raise InvalidInput("tag", "The case does not have that tag.")
        case.tags = [each for each in case.tags if each != tag]
        rewrite(context.session, [case])

    return perform(command, REMOVE_TAG, {"tag": tag}, change, sessions=sessions, now=now)


REMOVE_TAG = ActionDefinition(
    action=Action.REMOVE_TAG,
    path="tag-removals",
    summary="Remove a tag from a case.",
    schema=RemovedTagSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: remove_tag(command, **data, **routing.store_and_time()),
    key="Y",
    purpose=Purpose.PLAN,
    label=Label("Remove a tag"),
    journal_label=Label("Tag removed"),
    confirmation=Label("%(number)s no longer has the tag."),
    form=(FormField("tag", Label("Tag"), FieldKind.CHOICE, missing=later("Choose a tag."), choices="tags"),),
    send_label=Label("Remove the tag"),
    offered=lambda file, today: bool(file.case.tags),
    in_macro=True,
)
