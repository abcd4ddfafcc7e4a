"""Assign: an officer gives the case to an officer of the directory."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    ActionTrial,
    FieldKind,
    FormField,
    InBulk,
    Notified,
    OfficersText,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.conflicts.declared import has_declared
from services.routing.desk.texts import Label, later
from services.routing.directory.find import as_officer, known_officer
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload
from shared.events.routing import CaseAssigned


class AssignmentSchema(ActionSchema):
    """Who is to handle the case: the subject that the directory of officers has."""

    officer_subject = OfficersText(required=True, most=200)


def assign(
    command: Command,
    officer_subject: str,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Give the case to an officer of the directory (`officer_subject` as their tokens have it).

    Raises InvalidInput where there is none of that subject, or one who may not see the case or has declared a conflict
    of interest in it; and as `perform`.
    """
    data = {"officer_subject": officer_subject}

    def change(context: ActionContext) -> EventPayload:
        payload = give(context, officer_subject, organisation)
        data["officer"] = payload.officer_name
        return payload

    return perform(command, ASSIGN, data, change, request=dict(data), sessions=sessions, now=now)


def give(context: ActionContext, subject: str, organisation: Organisation) -> CaseAssigned:
    """Have an officer of the directory handle the case. Raises InvalidInput as `assign`."""
    case = context.case
    known = known_officer(context.session, case.municipality, subject)
    if known is None:
        raise InvalidInput("officer_subject", "There is no such officer in the directory.")
    if not as_officer(known, organisation).may_see(case):
        raise InvalidInput("officer_subject", "That officer may not see the case.")
    if has_declared(context.session, case.id, subject):
        raise InvalidInput("officer_subject", "That officer has declared a conflict of interest in the case.")
    case.officer_subject, case.officer_name = subject, known.name
    return CaseAssigned(**case_fields(case, context.at), officer_name=known.name)


def _check(trial: ActionTrial) -> None:
    """What can be seen beforehand of what `give` rejects."""
    if trial.case.protected and trial.data["officer_subject"] not in trial.organisation.protected_officers:
        raise InvalidInput("officer_subject", "The case is protected, and that officer may not see it.")


ASSIGN = ActionDefinition(
    action=Action.ASSIGN,
    path="assignments",
    summary="Give a case to an officer of its board.",
    schema=AssignmentSchema,
    conditional=True,
    may=who_sees_the_case,
    impartial=False,
    perform=lambda routing, command, data: assign(
        command, **data, organisation=routing.organisation_of(command.officer), **routing.store_and_time()
    ),
    purpose=Purpose.HANDLING,
    label=Label("Give the case to an officer"),
    key="H",
    journal_label=Label("Given to an officer"),
    confirmation=Label("%(number)s has been given to another officer."),
    form=(
        FormField(
            "officer_subject",
            Label("Officer"),
            FieldKind.CHOICE,
            missing=later("Choose an officer."),
            choices="officers",
        ),
    ),
    send_label=Label("Give the case"),
    in_bulk=InBulk(Label("Give the cases to an officer"), Notified.BY_ESERVICE, check=_check),
)
