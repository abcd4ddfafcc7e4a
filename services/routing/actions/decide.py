"""Decide: an officer enters the decision in a case, the officer's own or that of a body (FL 31-32 §§)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import fields, validate
from prometheus_client import Counter
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.close import CLOSE, closing, closing_checks
from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    CONFIRMED,
    DOCUMENTS,
    ActionDefinition,
    ActionSchema,
    ActionTrial,
    Check,
    Default,
    DocumentIds,
    FieldKind,
    FormField,
    InBulk,
    Notified,
    OfficersText,
    Purpose,
    TextToSend,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, NextAction, perform
from services.routing.cases.models import SubmissionCopy
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.decisions.draft import DecisionDraft, next_version
from services.routing.decisions.models import Decision
from services.routing.desk.texts import Label, later
from services.routing.documents.enclose import FIELD, NOTHING_ENCLOSED, Enclosed, enclosed
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.supplements.models import RequestOutcome
from shared.events.payloads import EventPayload
from shared.events.routing import Authority, CaseDecided
from shared.swedish.law import LegalRegime

DECIDED = Counter("routing_cases_decided", "Cases decided, by outcome.", ["municipality", "eservice", "outcome"])


class DecisionInSchema(ActionSchema):
    """One of the e-service's outcomes, the reasons (required under förvaltningslagen), the presenter if any.

    Who decided and when, where it is not the officer today: a board, the council. `close`: nothing more is to be done.
    """

    EXAMPLE: ClassVar = {"outcome": "atgardat", "reasons": "Lampan är bytt.", "close": True}

    outcome = fields.Str(required=True, validate=validate.Length(max=80))
    reasons = TextToSend(load_default="", least=0)
    presenter = OfficersText(load_default=None, allow_none=True, most=200)
    decided_by = OfficersText(load_default=None, allow_none=True, most=200)
    decided_on = fields.Date(load_default=None, allow_none=True)
    close = fields.Bool(metadata={"description": "Close the case at once, in the same transaction."})
    documents = DocumentIds()
    confirmed = fields.Bool(metadata={"description": "Close it also with sub-tasks that are not finished."})


def decide(
    command: Command,
    request: Mapping[str, Any],
    organisation: Organisation,
    enclosed: Enclosed = NOTHING_ENCLOSED,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Enter the decision that is requested, as DecisionInSchema reads it, and publish it; close the case if requested.

    Raises InvalidInput where a document is not here any more, and what `DecisionDraft.decision` and `perform` raise.
    """
    draft = drafted(command.officer, request, now)
    then = [NextAction(CLOSE, *closing(confirmed=request.get(CONFIRMED, False)))] if request.get("close") else []

    def change(context: ActionContext) -> EventPayload:
        enclosed.take_over(context.session, context.case, context.sequence)
        content = context.session.get_one(SubmissionCopy, context.case.id)
        decision = draft.decision(context.case, content, organisation, now)
        decision.version = next_version(context.session, context.case.id)
        decision.decided_by_subject = command.officer.subject
        context.session.add(decision)
        context.end_requests(context.open_requests, RequestOutcome.LAPSED)
        counted = DECIDED.labels(context.case.municipality, context.case.eservice, draft.outcome)
        event.listen(context.session, "after_commit", lambda _: counted.inc(), once=True)
        return _decided(context, decision, content, enclosed)

    data = asdict(draft) | enclosed.noted
    requested = {name: value for name, value in request.items() if name != FIELD} | enclosed.requested
    return perform(command, DECIDE, data, change, request=requested, then=then, sessions=sessions, now=now)


def drafted(officer: Officer, request: Mapping[str, Any], now: datetime) -> DecisionDraft:
    """The decision that is requested, as DecisionInSchema reads it."""
    entered = {name: value for name, value in request.items() if name not in ("close", CONFIRMED, FIELD)}
    return DecisionDraft.entered(officer, now, **entered)


def _decided(context: ActionContext, decision: Decision, content: SubmissionCopy, enclosed: Enclosed) -> EventPayload:
    decided = CaseDecided(
        **case_fields(context.case, context.at),
        outcome=decision.outcome,
        outcome_label=decision.outcome_label,
        reasons=decision.reasons,
        decided_by=decision.decided_by,
        decided_on=decision.decided_on,
        legal_regime=content.handling["legal_regime"],
        appeal=Authority(**decision.appeal) if decision.appeal else None,
        submitter_is_party=content.submitter_is_party,
        documents=enclosed.sent,
    )
    if content.gets_decision:
        return decided
    return replace(decided, outcome="decided", outcome_label=_DECIDED, reasons="", appeal=None, documents=[])


# All that a submitter learns of a decision about others.
_DECIDED = {"sv": "Ärendet är avgjort", "en": "The case is settled"}


def proposed(trial: ActionTrial) -> Decision:
    """The decision as it would be made in the case. Raises InvalidInput as `DecisionDraft.decision` does."""
    draft = drafted(trial.officer, trial.data, trial.at)
    return draft.decision(trial.case, trial.content, trial.organisation, trial.at)


def _checks(session: Session, trials: Sequence[ActionTrial]) -> Check:
    check_closing = closing_checks(session, trials) if trials[0].data.get("close") else None

    def check(trial: ActionTrial) -> None:
        proposed(trial)
        if check_closing:
            check_closing(trial)

    return check


def _has_decision(regime: LegalRegime) -> bool:
    return regime.has_decision


DECIDE = ActionDefinition(
    action=Action.DECIDE,
    path="decisions",
    summary="Decide a case.",
    schema=DecisionInSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: decide(
        command,
        data,
        routing.organisation_of(command.officer),
        enclosed(routing, command, data),
        **routing.store_and_time(),
    ),
    purpose=Purpose.SUBMITTER,
    is_common=True,
    label=Label("Decide", reply="Reply", either="Decide or reply"),
    key="B",
    journal_label=Label("Decided", reply="Replied to"),
    confirmation=Label("%(number)s is settled, and the submitter is being notified."),
    form=(
        FormField(
            "outcome", Label("Outcome"), FieldKind.RADIOS, missing=later("Choose an outcome."), choices="outcomes"
        ),
        FormField(
            "reasons",
            Label("Reasons", reply="Explanation", either="Reasons or explanation"),
            hint=Label(
                "Which rules apply, and which facts decided the matter. The submitter reads this.",
                reply="The submitter reads this.",
            ),
            unread_hint=Label(
                "Which rules apply, and which facts decided the matter. It is kept in the case; the submitter does not "
                "read it."
            ),
            optional=lambda regime: not regime.needs_reasons,
        ),
        FormField(
            "decided_by",
            Label("Decided by"),
            FieldKind.LINE,
            hint=Label("You, a board or the council: whoever made the decision."),
            choices="deciders",
            default=Default.FIRST_CHOICE,
            shown=_has_decision,
        ),
        FormField("decided_on", Label("Day of decision"), FieldKind.DATE, default=Default.TODAY, shown=_has_decision),
        FormField(
            "presenter",
            Label("Presenting officer"),
            FieldKind.LINE,
            hint=Label("The föredragande, if somebody presented the matter."),
            optional=lambda regime: True,
            shown=_has_decision,
        ),
        DOCUMENTS,
    ),
    send_label=Label("Look through the decision", reply="Look through the reply"),
    notifies=True,
    in_bulk=InBulk(
        Label("Decide the cases", reply="Reply in the cases"), Notified.ALWAYS, of_one_regime=True, checks=_checks
    ),
    standard_text_into="reasons",
    in_macro=True,
)
