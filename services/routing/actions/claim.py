"""Claim: an officer takes a case that waits in a queue, to work with it now: that ends its hold."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    InBulk,
    NothingSchema,
    Notified,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label
from services.routing.holds import record
from services.routing.holds.models import HoldOutcome
from shared.events.payloads import EventPayload
from shared.events.routing import CaseAssigned


def claim(command: Command, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """The officer takes a queued case. Raises what `perform` raises."""
    officer = command.officer
    data: dict[str, Any] = {"officer": officer.name}

    def change(context: ActionContext) -> EventPayload:
        context.case.officer_subject, context.case.officer_name = officer.subject, officer.name
        if record.end(context.session, context.case, HoldOutcome.TAKEN, at=context.at):
            data["hold_ended"] = True
        return CaseAssigned(**case_fields(context.case, context.at), officer_name=officer.name)

    return perform(command, CLAIM, data, change, request=dict(data), sessions=sessions, now=now)


CLAIM = ActionDefinition(
    action=Action.CLAIM,
    path="claims",
    summary="Claim a queued case.",
    schema=NothingSchema,
    conditional=False,
    may=who_sees_the_case,
    perform=lambda routing, command, data: claim(command, **routing.store_and_time()),
    purpose=Purpose.HANDLING,
    is_common=True,
    label=Label("Claim the case"),
    key="T",
    journal_label=Label("Claimed"),
    confirmation=Label("%(number)s is yours to handle."),
    in_bulk=InBulk(Label("Claim the cases"), Notified.BY_ESERVICE),
    in_macro=True,
)
