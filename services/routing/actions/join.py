"""Join: a case about what another is about already is closed, and handled in the other.

Not where the case is to end in a decision: a party has a right to one of their own.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import ActionDefinition, FieldKind, FormField, Purpose, who_sees_the_case
from services.routing.actions.link import OtherCaseSchema
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import SubmissionCopy
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import OPEN, Action
from services.routing.desk.texts import Label, later
from services.routing.related.models import LinkKind
from services.routing.related.pair import FIELD, PairCommand, link, other_case
from services.routing.supplements.models import RequestOutcome
from shared.events.payloads import EventPayload
from shared.events.routing import CaseJoined


def join_cases(command: Command, number: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Close the case with a reference to the one with this number, which must be open.

    Raises InvalidInput for `number`, and what `perform` raises.
    """
    data: dict[str, Any] = {}

    def change(context: ActionContext) -> EventPayload:
        other = other_case(context, number)
        if context.session.get_one(SubmissionCopy, context.case.id).regime.has_decision:
            raise InvalidInput(FIELD, "This case is to end in a decision of its own. Link it instead.")
        if other.state not in OPEN:
            raise InvalidInput(FIELD, "That case is not open any more. Link it instead.")
        link(context, other, LinkKind.JOINED)
        data.update(number=other.number, kind=LinkKind.JOINED, case_id=other.id)
        if context.case.officer_subject is None:
            context.case.officer_subject, context.case.officer_name = command.officer.subject, command.officer.name
        context.end_requests(context.open_requests, RequestOutcome.LAPSED)
        joined_to = None if other.secret else other.number
        return CaseJoined(**case_fields(context.case, context.at), joined_to=joined_to)

    pair = PairCommand(command, command.target, number)
    return perform(pair, JOIN, data, change, request={"number": number}, sessions=sessions, now=now)


JOIN = ActionDefinition(
    action=Action.JOIN,
    path="joins",
    summary="Close a case that is handled in another.",
    schema=OtherCaseSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: join_cases(command, **data, **routing.store_and_time()),
    purpose=Purpose.CASE,
    label=Label("Join with another case"),
    key="J",
    journal_label=Label("Joined with another case"),
    confirmation=Label("%(number)s is closed, and handled in the other case."),
    form=(
        FormField(
            "number",
            Label("Number of the other case"),
            FieldKind.LINE,
            hint=Label("This case is closed, and the submitter is notified that it is handled in the other."),
            missing=later("Write the number of the case."),
        ),
    ),
    send_label=Label("Join the cases"),
    notifies=True,
    offered=lambda file, today: not file.regime.has_decision,
)
