"""The form of a new reminder on its case's page."""

from services.routing.actions.definition import FieldKind, FormField
from services.routing.desk.case_form import CaseForm
from services.routing.desk.texts import Label, later

NEW_REMINDER = CaseForm(
    "add_reminder",
    (
        FormField(
            "text", Label("What you want to be reminded of"), FieldKind.LINE, missing=later("Write what to remember.")
        ),
        FormField("due_on", Label("The day"), FieldKind.DATE, missing=later("Enter the day.")),
        FormField("private", Label("Only for me"), FieldKind.CHECKBOX),
    ),
)
