"""Receive a supplement: the submitter sends it, or an officer enters what came in on paper (FL 20, 22 §§)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
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
    OfficersText,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, Change, apply, pasts, perform
from services.routing.cases.find_case import known_cases_of_submissions
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.deadlines.clock import is_answered
from services.routing.desk.texts import Label, later
from services.routing.holds import record
from services.routing.holds.models import HoldOutcome
from services.routing.search.documents import add_entries
from services.routing.supplements.models import RequestOutcome
from shared.bus.event_processor import OpenedEvent
from shared.events.intake import SubmissionSupplemented
from shared.events.payloads import EventPayload, plain
from shared.events.routing import CaseSupplemented
from shared.observability.tracing import trace
from shared.swedish.time import local_date


class SupplementSchema(ActionSchema):
    """What came in by post or over the counter, and the day that it reached the authority."""

    EXAMPLE: ClassVar = {"text": "Ritning över altanen, på papper.", "received_on": "2026-11-27"}

    text = OfficersText(required=True)
    received_on = fields.Date(required=True)

    @validates("received_on")
    def _has_come(self, day: date, **_: Any) -> None:
        if day > local_date(self.clock()):
            raise ValidationError(later("What has come in cannot have come in after today."))


def receive_on_paper(
    command: Command, text: str, received_on: date, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """An officer enters what came in on paper: what it is, and the day it reached the authority (FL 22 §).

    Raises what `perform` raises.
    """
    data = {"text": text, "received_on": received_on}
    return perform(command, RECEIVE_SUPPLEMENT, data, _received(data), sessions=sessions, now=now)


def receive_from_submitters(
    opened: Sequence[OpenedEvent[SubmissionSupplemented]], *, session: Session, now: datetime
) -> None:
    """Add what submitters sent to their cases, whatever the state; it answers the supplement requests before it.

    Raises CaseNotKnownYet, BrokenJournal.
    """
    cases = known_cases_of_submissions(session, opened)
    past = pasts(session, cases.values(), Action.RECEIVE_SUPPLEMENT)
    entries = []
    for each in opened:
        case, supplemented = cases[each.payload.submission_id], each.payload
        files = plain(supplemented.attachments)
        data = {"text": supplemented.text, "received_at": supplemented.supplemented_at, "attachments": files}
        context = ActionContext(session, case, None, now, past[case.id])
        with trace(each.event.traceparent):
            entries.append(apply(context, Action.RECEIVE_SUPPLEMENT, data, _received(data)))
    add_entries(session, entries)


def _received(data: Mapping[str, Any]) -> Change:
    """End the requests that it answers, which are those older than itself, others stay open; and the case's hold."""

    def change(context: ActionContext) -> EventPayload:
        answered = [each for each in context.open_requests if is_answered(each.requested_at, data)]
        context.end_requests(answered, RequestOutcome.ANSWERED)
        record.end(context.session, context.case, HoldOutcome.SUPPLEMENTED, at=context.at)
        return CaseSupplemented(**case_fields(context.case, context.at), answered=[each.id for each in answered])

    return change


RECEIVE_SUPPLEMENT = ActionDefinition(
    action=Action.RECEIVE_SUPPLEMENT,
    path="supplements",
    summary="Enter what came in on paper.",
    schema=SupplementSchema,
    conditional=False,
    may=who_sees_the_case,
    impartial=False,
    perform=lambda routing, command, data: receive_on_paper(command, **data, **routing.store_and_time()),
    purpose=Purpose.SUBMITTER,
    label=Label("Enter a supplement that came in another way"),
    key="I",
    journal_label=Label("Supplement received"),
    confirmation=Label("The supplement in %(number)s has been entered."),
    form=(
        FormField("text", Label("What came in"), missing=later("Write the text.")),
        FormField(
            "received_on",
            Label("The day it reached us"),
            FieldKind.DATE,
            missing=later("Enter the day when it reached us."),
            default=Default.TODAY,
        ),
    ),
    send_label=Label("Enter it"),
)
