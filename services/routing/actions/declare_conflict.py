"""Declare a conflict of interest (jäv): an officer notifies the board at once, and has no part in it (FL 16-18 §§)."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    FormField,
    OfficersText,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.actions.release import put_back
from services.routing.cases.state_machine import OPEN, Action
from services.routing.conflicts.models import ConflictOfInterest
from services.routing.desk.texts import Label, later
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload


class ConflictSchema(ActionSchema):
    """What the conflict of interest is."""

    EXAMPLE: ClassVar = {"reason": "Sökanden är min granne."}

    reason = OfficersText(required=True, most=2_000)


def declare_conflict(
    command: Command, reason: str, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Keep that the officer is partial: the case is never again handed to them, and goes back where they have it.

    Raises what `perform` raises: PartialOfficer where they have declared it already.
    """

    def change(context: ActionContext) -> EventPayload | None:
        case, subject = context.case, command.officer.subject
        context.session.add(
            ConflictOfInterest(case_id=case.id, subject=subject, municipality=case.municipality, declared_at=context.at)
        )
        if case.state not in OPEN or case.officer_subject != subject:
            return None
        return put_back(context, organisation)

    return perform(command, DECLARE_CONFLICT, {"reason": reason}, change, sessions=sessions, now=now)


DECLARE_CONFLICT = ActionDefinition(
    action=Action.DECLARE_CONFLICT,
    path="conflicts-of-interest",
    summary="Declare a conflict of interest.",
    schema=ConflictSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: declare_conflict(
        command, **data, organisation=routing.organisation_of(command.officer), **routing.store_and_time()
    ),
    key="Z",
    purpose=Purpose.HANDLING,
    label=Label("Declare a conflict of interest"),
    journal_label=Label("Conflict of interest declared"),
    confirmation=Label("Your conflict of interest in %(number)s is in the journal. The case will not be given to you."),
    form=(
        FormField(
            "reason",
            Label("Why your impartiality may be doubted"),
            hint=Label(
                "For the journal. The case is then never given to you, and goes back to its queue if you have it."
            ),
            missing=later("Write why."),
        ),
    ),
    send_label=Label("Declare the conflict"),
)
