"""Assign: an officer gives the case to an officer of the directory."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    ActionTrial,
    Check,
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
from services.routing.cases.models import Case
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.conflicts.declared import declared_in, has_declared
from services.routing.desk.texts import Label, later
from services.routing.directory.find import as_officer, known_officer
from services.routing.directory.models import KnownOfficer
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload
from shared.events.routing import CaseAssigned


class AssignmentSchema(ActionSchema):
    """Who is to handle the case: the subject that the directory of officers has."""

    EXAMPLE: ClassVar = {"officer_subject": "erik.eriksson"}

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
    known = _taker(known_officer(context.session, case.municipality, subject), case, organisation)
    _check_impartial(has_declared(context.session, case.id, subject))
    case.officer_subject, case.officer_name = subject, known.name
    return CaseAssigned(**case_fields(case, context.at), officer_name=known.name)


def _taker(known: KnownOfficer | None, case: Case, organisation: Organisation) -> KnownOfficer:
    """The officer of the directory, where there is one who may see the case."""
    if known is None:
        raise InvalidInput("officer_subject", "There is no such officer in the directory.")
    if not as_officer(known, organisation).may_see(case):
        raise InvalidInput("officer_subject", "That officer may not see the case.")
    return known


def _check_impartial(declared: bool) -> None:
    if declared:
        raise InvalidInput("officer_subject", "That officer has declared a conflict of interest in the case.")


def _checks(session: Session, trials: Sequence[ActionTrial]) -> Check:
    """What can be seen beforehand of what `give` rejects."""
    organisation, subject = trials[0].organisation, trials[0].data["officer_subject"]
    known = known_officer(session, organisation.municipality, subject)
    partial = declared_in(session, [each.case.id for each in trials], subject)

    def check(trial: ActionTrial) -> None:
        _taker(known, trial.case, organisation)
        _check_impartial(trial.case.id in partial)

    return check


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
    in_bulk=InBulk(Label("Give the cases to an officer"), Notified.BY_ESERVICE, checks=_checks),
    in_macro=True,
)
