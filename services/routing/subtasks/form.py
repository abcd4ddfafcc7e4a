"""The forms of sub-tasks on their case's page: a new one, and another officer for one."""

from collections.abc import Sequence
from textwrap import shorten

from services.routing.actions.definition import FieldKind, FormField
from services.routing.desk.case_form import CaseForm
from services.routing.desk.texts import Label, later
from services.routing.subtasks.models import Subtask

MOST_OF_TEXT = 60

_ASSIGNEE = FormField(
    "assignee_subject",
    Label("Who does it"),
    FieldKind.CHOICE,
    missing=later("Choose an officer."),
    choices="officers",
)

NEW_SUBTASK = CaseForm(
    "add_subtask",
    (
        FormField("text", Label("What is to be done"), FieldKind.LINE, missing=later("Write what is to be done.")),
        _ASSIGNEE,
        FormField("due_on", Label("Finished by"), FieldKind.DATE, optional=lambda regime: True),
    ),
)

REASSIGNMENT = CaseForm(
    "reassign_subtask",
    (
        FormField(
            "subtask_id",
            Label("Sub-task"),
            FieldKind.CHOICE,
            missing=later("Choose a sub-task."),
            choices="open_subtasks",
        ),
        _ASSIGNEE,
    ),
)


def open_choices(subtasks: Sequence[Subtask]) -> list[tuple[str, str]]:
    """Those that are not finished, with so much of the text that each is known among others, and who has it."""
    return [
        (str(each.id), f"{shorten(each.text, MOST_OF_TEXT, placeholder=' …')} ({each.assignee_name})")
        for each in subtasks
        if each.finished_at is None
    ]
