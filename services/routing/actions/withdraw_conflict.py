"""Withdraw a conflict of interest that was declared by mistake, as in the wrong case. Never one's own (FL 18 §)."""

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
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action
from services.routing.conflicts.declared import name_of_declarer
from services.routing.conflicts.models import ConflictOfInterest
from services.routing.desk.texts import Label, later
from services.routing.organisation.officers import Officer


class ConflictWithdrawalSchema(ActionSchema):
    """Whose conflict of interest there is none of, and why."""

    EXAMPLE: ClassVar = {"officer_subject": "erik.eriksson", "reason": "Anmäldes i fel ärende."}

    officer_subject = OfficersText(required=True, most=200)
    reason = OfficersText(required=True, most=2_000)


def withdraw_conflict(
    command: Command, officer_subject: str, reason: str, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Let the officer of this subject handle the case again: the board has found that there is no conflict of interest.

    Raises InvalidInput where that officer has declared none, and what `perform` raises: PartialOfficer for one's own.
    """
    data: dict[str, Any] = {"officer_subject": officer_subject, "reason": reason}

    def change(context: ActionContext) -> None:
        declared = context.session.get(ConflictOfInterest, (context.case.id, officer_subject))
        if declared is None:
            raise InvalidInput("officer_subject", "That officer has declared no conflict of interest in the case.")
        data["officer"] = name_of_declarer(context.session, context.case.id, officer_subject)
        context.session.delete(declared)

    return perform(command, WITHDRAW_CONFLICT, data, change, request=dict(data), sessions=sessions, now=now)


def who_leads(officer: Officer, case: Case) -> bool:
    """Leaders and registrars: of a conflict of interest the board decides, not whom it is about (FL 18 §)."""
    return officer.leads and officer.may_see(case)


WITHDRAW_CONFLICT = ActionDefinition(
    action=Action.WITHDRAW_CONFLICT,
    path="conflict-withdrawals",
    summary="Withdraw another officer’s conflict of interest, declared by mistake.",
    schema=ConflictWithdrawalSchema,
    conditional=False,
    may=who_leads,
    perform=lambda routing, command, data: withdraw_conflict(command, **data, **routing.store_and_time()),
    key="Å",  # A to Z are taken
    purpose=Purpose.HANDLING,
    label=Label("Withdraw a conflict of interest"),
    journal_label=Label("Conflict of interest withdrawn"),
    confirmation=Label("The conflict of interest in %(number)s is withdrawn, and the officer may handle the case."),
    form=(
        FormField(
            "officer_subject",
            Label("Whose conflict of interest"),
            FieldKind.CHOICE,
            missing=later("Choose an officer."),
            choices="partial",
        ),
        FormField(
            "reason",
            Label("Why there is none"),
            hint=Label("For the journal. The declaration stays in the journal too."),
            missing=later("Write why."),
        ),
    ),
    send_label=Label("Withdraw it"),
    offered=lambda file, today: bool(file.partial),
)
