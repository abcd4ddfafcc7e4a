"""What a sub-task is made of, and how the API shows one."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marshmallow import Schema, fields

from services.routing.actions.definition import DueSchema, OfficersText
from services.routing.subtasks.subtasks import SubtaskPosition
from shared.web import paging

MOST_TEXT = 1000


class NewSubtaskSchema(DueSchema):
    """What is to be done, by whom (the subject that the directory has), and by which day."""

    EXAMPLE: ClassVar = {"text": "Besök platsen.", "assignee_subject": "erik.eriksson", "due_on": "2026-12-04"}

    text = OfficersText(required=True, most=MOST_TEXT)
    assignee_subject = OfficersText(required=True, most=200)


class AssigneeSchema(Schema):
    """Who is to do a sub-task: the subject that the directory has."""

    EXAMPLE: ClassVar = {"assignee_subject": "erik.eriksson"}

    assignee_subject = OfficersText(required=True, most=200)


class ReassignmentSchema(AssigneeSchema):
    """Which sub-task of a case goes to whom, as the desk's form has it."""

    subtask_id = fields.UUID(required=True)


class SubtaskSchema(Schema):
    """A part of the work with a case. Open while `finished_at` is null.

    `handed_on_by` is the name of who last gave it to another, `handed_on_from` of who had it until then.
    """

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    text = fields.Str(required=True)
    assignee_subject = fields.Str(required=True)
    assignee_name = fields.Str(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.Str(required=True)
    handed_on_by = fields.Str(required=True, allow_none=True)
    handed_on_from = fields.Str(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_by = fields.Str(required=True, allow_none=True)


class SubtasksSchema(Schema):
    """All sub-tasks of a case, the oldest first."""

    items = fields.List(fields.Nested(SubtaskSchema), required=True)


class SubtaskPageSchema(SubtasksSchema, paging.PageSchema):
    """One page of your open sub-tasks, the first due first."""


def position_of(cursor: str | None) -> SubtaskPosition | None:
    """Where the page before ended, read from its cursor. Raises Problem 400."""
    return SubtaskPosition(*paging.decode(cursor, date.fromisoformat, UUID)) if cursor else None
