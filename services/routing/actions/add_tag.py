"""Add a tag: a word by which cases are found and filtered. The rule that routed the case may have set some."""

from datetime import datetime
from typing import Any, ClassVar

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
from services.routing.tags.board_tags import note_use

MOST_TAGS = 20  # of a case
_TAG = r"^[a-zåäö0-9][a-zåäö0-9-]{0,39}$"


class TagField(fields.Str):
    """A tag, as rules have it: in lower case, with hyphens for blanks."""

    def __init__(self, **options: Any) -> None:
        one_word = validate.Regexp(_TAG, error=later("A tag is at most 40 small letters, digits and hyphens."))
        super().__init__(validate=one_word, metadata={"pattern": _TAG}, **options)

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> str:
        return "-".join(str(super()._deserialize(value, *arguments, **named)).lower().split())


class AddedTagSchema(ActionSchema):
    """The tag."""

    EXAMPLE: ClassVar = {"tag": "tjäle"}

    tag = TagField(required=True)


def add_tag(command: Command, tag: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Give the case a tag, by which it is then found. Raises InvalidInput when it has it or too many; as `perform`."""

    def change(context: ActionContext) -> None:
        case = context.case
        if tag in case.tags:
            raise InvalidInput("tag", "The case has that tag already.")
        if len(case.tags) >= MOST_TAGS:
            raise InvalidInput("tag", "The case has too many tags: remove one first.")
        case.tags = [*case.tags, tag]
        note_use(context.session, case, tag, at=now)
        rewrite(context.session, [case])

    return perform(command, ADD_TAG, {"tag": tag}, change, sessions=sessions, now=now)


ADD_TAG = ActionDefinition(
    action=Action.ADD_TAG,
    path="tags",
    summary="Give a case a tag.",
    schema=AddedTagSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: add_tag(command, **data, **routing.store_and_time()),
    key="G",
    purpose=Purpose.PLAN,
    label=Label("Add a tag"),
    journal_label=Label("Tag added"),
    confirmation=Label("%(number)s has the tag."),
    form=(
        FormField(
            "tag",
            Label("Tag"),
            FieldKind.LINE,
            hint=Label("A word by which cases are found and filtered. No names of people."),
            missing=later("Write a tag."),
            choices="board_tags",
        ),
    ),
    send_label=Label("Add the tag"),
    in_macro=True,
)
