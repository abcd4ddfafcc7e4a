"""The form of a new sub-task on its case's page."""

from services.routing.actions.definition import FieldKind, FormField
from services.routing.desk.case_form import CaseForm
from services.routing.desk.texts import Label, later

NEW_SUBTASK = CaseForm(
    "add_subtask",
    (
        FormField("text", Label("What is to be done"), FieldKind.LINE, missing=later("Write what is to be done.")),
        FormField(
            "assignee_subject",
            Label("Who does it"),
            FieldKind.CHOICE,
            missing=later("Choose an officer."),
            choices="officers",
        ),
        FormField("due_on", Label("Finished by"), FieldKind.DATE, optional=lambda regime: True),
    ),
)
