"""What a reminder is made of, and how the API shows one."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marshmallow import Schema, fields

from services.routing.actions.definition import DueSchema, OfficersText
from services.routing.reminders.reminders import ReminderPosition
from shared.web import paging

MOST_TEXT = 1000


class NewReminderSchema(DueSchema):
    """What is to be remembered, and on which day; `private`: only you see it."""

    EXAMPLE: ClassVar = {"text": "Ring entreprenören.", "due_on": "2026-12-04"}

    text = OfficersText(required=True, most=MOST_TEXT)
    due_on = fields.Date(required=True)
    private = fields.Bool(load_default=False)


class ReminderSchema(Schema):
    """A reminder that is open until it is finished or removed."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    text = fields.Str(required=True)
    due_on = fields.Date(required=True)
    private = fields.Bool(required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.Str(required=True)


class RemindersSchema(Schema):
    """The open reminders of a case that you may see, the first due first."""

    items = fields.List(fields.Nested(ReminderSchema), required=True)


class DueRemindersQuery(paging.PageQuery):
    """By which day they are due."""

    due_by = fields.Date(load_default=None, metadata={"description": "Leave out for those due by today."})


class ReminderPageSchema(RemindersSchema, paging.PageSchema):
    """One page of the reminders that are yours, or of a case that you have."""


def position_of(cursor: str | None) -> ReminderPosition | None:
    """Where the page before ended, read from its cursor. Raises Problem 400."""
    return ReminderPosition(*paging.decode(cursor, date.fromisoformat, UUID)) if cursor else None
