"""Request a decision: the submitter requests in writing that a case be decided which has taken six months (FL 12 §).

The submitter does so on the status page, or an officer registers what came on paper.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    Default,
    FieldKind,
    FormField,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, apply, pasts, perform
from services.routing.cases import journal
from services.routing.cases.errors import InvalidInput
from services.routing.cases.find_case import known_cases_of_submissions
from services.routing.cases.models import SubmissionCopy
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action, allowed
from services.routing.deadlines.clock import last_day_to_answer
from services.routing.desk.texts import Label, later
from services.routing.updates.record import record as record_update
from shared.bus.event_processor import OpenedEvent
from shared.events.intake import SubmissionDecisionRequested
from shared.events.payloads import EventPayload
from shared.events.routing import CaseDecisionRequested
from shared.observability.tracing import trace
from shared.swedish.time import local_date


class DecisionRequestSchema(ActionSchema):
    """The day that the submitter's request reached the authority."""

    EXAMPLE: ClassVar = {"received_on": "2026-11-27"}

    received_on = fields.Date(required=True)

    @validates("received_on")
    def _has_come(self, day: date, **_: Any) -> None:
        if day > local_date(self.clock()):
            raise ValidationError(later("What has come in cannot have come in after today."))


def request_decision(
    command: Command, received_on: date, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Register the request: within four weeks the board has to decide the case, or to reject the request.

    Raises InvalidInput where the law gives no such right: to who is no party, by another legal regime, before six
    months have gone, a second time, or after a decision; and what `perform` raises.
    """

    def change(context: ActionContext) -> EventPayload:
        content = context.session.get_one(SubmissionCopy, context.case.id)
        if not _gives_right(content):
            raise InvalidInput("received_on", "The law that the case is handled under gives no such right.")
        if not context.clock().decision_may_be_requested(received_on):
            raise InvalidInput("received_on", "A decision may be requested once, after six months without one.")
        return _event(context, received_on)

    return perform(command, REQUEST_DECISION, {"received_on": received_on}, change, sessions=sessions, now=now)


def request_by_submitters(
    opened: Sequence[OpenedEvent[SubmissionDecisionRequested]], *, session: Session, now: datetime
) -> None:
    """Register what submitters requested on their status pages, as of the day that it came in.

    One that the law no longer gives a right to, because the case has been decided or had such a request meanwhile, is
    noted in the journal and changes nothing else. Raises CaseNotKnownYet, BrokenJournal.
    """
    cases = known_cases_of_submissions(session, opened)
    past = pasts(session, cases.values(), Action.REQUEST_DECISION)
    for each in opened:
        case = cases[each.payload.submission_id]
        context = ActionContext(session, case, None, now, past[case.id])
        received_on = local_date(each.payload.requested_at)
        with trace(each.event.traceparent):
            if _may_be_requested(context, received_on):
                change = partial(_event, received_on=received_on)
                apply(context, Action.REQUEST_DECISION, {"received_on": received_on}, change)
            else:
                _note(context, received_on)


def _may_be_requested(context: ActionContext, received_on: date) -> bool:
    if Action.REQUEST_DECISION not in allowed(context.case.state):
        return False
    content = context.session.get_one(SubmissionCopy, context.case.id)
    in_time = context.clock().decision_may_be_requested(received_on)
    return _gives_right(content) and in_time


def _gives_right(content: SubmissionCopy) -> bool:
    """Whether the law gives the submitter the right to a decision after six months."""
    return content.submitter_is_party and content.regime.follows_all_of_forvaltningslagen


def _event(context: ActionContext, received_on: date) -> CaseDecisionRequested:
    answer_by = last_day_to_answer(received_on)
    return CaseDecisionRequested(**case_fields(context.case, context.at), received_on=received_on, answer_by=answer_by)


def _note(context: ActionContext, received_on: date) -> None:
    """What came in to the board stands in the journal, also where it changes nothing."""
    entry = journal.append(
        context.session,
        context.case,
        journal.DECISION_REQUEST_WITHOUT_EFFECT,
        {"received_on": received_on},
        actor=None,
        at=context.at,
        previous=context.past.last_hash,
    )
    record_update(context.session, entry, [context.case.officer_subject])
    context.past.last_hash = entry.hash


REQUEST_DECISION = ActionDefinition(
    action=Action.REQUEST_DECISION,
    path="decision-requests",
    summary="Register that the submitter requests a decision after six months.",
    schema=DecisionRequestSchema,
    conditional=True,
    may=who_sees_the_case,
    impartial=False,
    perform=lambda routing, command, data: request_decision(command, **data, **routing.store_and_time()),
    purpose=Purpose.DEADLINE,
    label=Label("Register a request for a decision"),
    key="P",
    journal_label=Label("Submitter requested a decision"),
    confirmation=Label("The request for a decision in %(number)s has been registered."),
    form=(
        FormField(
            "received_on",
            Label("The day it reached us"),
            FieldKind.DATE,
            hint=Label("The case is then to be decided within four weeks, or the request rejected."),
            missing=later("Enter the day when it reached us."),
            default=Default.TODAY,
        ),
    ),
    send_label=Label("Register the request"),
    notifies=True,
    offered=lambda file, today: _gives_right(file.content) and file.clock.decision_may_be_requested(today),
)
