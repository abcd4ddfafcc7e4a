"""Assign: an officer gives the case to a named officer."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    FieldKind,
    FormField,
    OfficersText,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload
from shared.events.routing import CaseAssigned


class AssignmentSchema(ActionSchema):
    """Who is to handle the case: the subject that their tokens have, and their name."""

    officer_subject = OfficersText(required=True, most=200)
    officer_name = OfficersText(required=True, most=200)


def assign(
    command: Command,
    officer_subject: str,
    officer_name: str,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Give the case to a named officer (`officer_subject` as their tokens have it).

    Raises InvalidInput when the case is protected and the officer may not see it, and as `perform`.
    """

    def change(context: ActionContext) -> EventPayload:
        if context.case.protected and officer_subject not in organisation.protected_officers:
            raise InvalidInput("officer_subject", "The case is protected, and that officer may not see it.")
        context.case.officer_subject, context.case.officer_name = officer_subject, officer_name
        return CaseAssigned(**case_fields(context.case, context.at), officer_name=officer_name)

    data = {"officer": officer_name, "officer_subject": officer_subject}
    return perform(command, ASSIGN, data, change, sessions=sessions, now=now)


ASSIGN = ActionDefinition(
    action=Action.ASSIGN,
    path="assignments",
    summary="Give a case to a named officer.",
    schema=AssignmentSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: assign(
        command, **data, organisation=routing.organisation_of(command.officer), **routing.store_and_time()
    ),
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
            choices="colleagues",
        ),
    ),
    send_label=Label("Give the case"),
)
