"""Deciding a case: FL 31 § says what the decision holds, 32 § that it has reasons."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from prometheus_client import Counter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.perform import ActionContext, ActionResult, CaseCommand, InvalidInput, perform
from services.routing.cases.publish import told
from services.routing.cases.state_machine import Action
from services.routing.models import Case, Decision, SubmissionCopy
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload
from shared.events.routing import Authority, CaseDecided
from shared.swedish.time import local_date

REASONS_REQUIRED = "forvaltningslagen"

DECIDED = Counter("routing_cases_decided", "Cases decided, by outcome.", ["municipality", "eservice", "outcome"])


@dataclass(frozen=True)
class Ruling:
    """What was decided with which of the e-service's outcomes, by whom, on which day in Sweden.

    `presenter` is the föredragande, if any; `decided_by` an officer, or a body such as a board or the council.
    """

    outcome: str
    reasons: str
    presenter: str | None
    decided_by: str
    decided_on: date

    @classmethod
    def entered(
        cls,
        officer: Officer,
        now: datetime,
        *,
        outcome: str,
        reasons: str = "",
        presenter: str | None = None,
        decided_by: str | None = None,
        decided_on: date | None = None,
    ) -> "Ruling":
        """As the officer enters it: their own and of today, unless they say whose and when."""
        return cls(outcome, reasons, presenter, decided_by or officer.name, decided_on or local_date(now))


def decide(
    command: CaseCommand,
    asked: Mapping[str, Any],
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Enter the decision that is asked for, as `Ruling.entered` takes it, and tell it.

    Raises as `drawn_up`, and as `acts.perform`.
    """
    ruling = Ruling.entered(command.officer, now, **asked)
    eservice = ""

    def change(act: ActionContext) -> EventPayload:
        nonlocal eservice
        eservice = act.case.eservice
        handling = act.session.get_one(SubmissionCopy, act.case.id).handling
        decision = drawn_up(ruling, act.case, handling, organisation, now)
        decision.version = _next_version(act)
        decision.decided_by_subject = act.officer.subject
        act.session.add(decision)
        act.case.answer_by = None
        return _decided(act, decision, handling)

    done = perform(command, Action.DECIDE, asdict(ruling), change, asked=asked, sessions=sessions, now=now)
    if eservice:
        DECIDED.labels(command.officer.municipality, eservice, ruling.outcome).inc()
    return done


def drawn_up(
    ruling: Ruling, case: Case, handling: dict[str, Any], organisation: Organisation, now: datetime
) -> Decision:
    """The decision as it would be kept and told, not yet entered.

    Raises InvalidInput for an outcome that the e-service does not have, where reasons are required and lacking, and
    for a day that is still to come or on which the case had not been received.
    """
    label = _label(handling, ruling.outcome)
    if not ruling.reasons and reasons_required(handling):
        raise InvalidInput("reasons", "Give the reasons for the decision.")
    if ruling.decided_on > local_date(now):
        raise InvalidInput("decided_on", "The day of decision cannot be after today.")
    if ruling.decided_on < local_date(case.received_at):
        raise InvalidInput("decided_on", "The day of decision cannot be before the case was received.")
    appeal = organisation.authority(handling["appeal"]) if handling["appeal"] else None
    return Decision(
        case_id=case.id,
        municipality=case.municipality,
        **asdict(ruling),
        outcome_label=label,
        decided_at=now,
        appeal=asdict(appeal) if appeal else None,
    )


def reasons_required(handling: dict[str, Any]) -> bool:
    """Whether förvaltningslagen applies (FL 32 §; laglighet cases are exempt, 2 §)."""
    return bool(handling["legal_regime"] == REASONS_REQUIRED)


def decisions(session: Session, case_id: object) -> list[Decision]:
    """The case's decisions, the latest version last."""
    return list(session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.version)))


def _decided(act: ActionContext, decision: Decision, handling: dict[str, Any]) -> EventPayload:
    return CaseDecided(
        **told(act.case, act.at),
        outcome=decision.outcome,
        outcome_label=decision.outcome_label,
        reasons=decision.reasons,
        decided_by=decision.decided_by,
        decided_on=decision.decided_on,
        legal_regime=handling["legal_regime"],
        appeal=Authority(**decision.appeal) if decision.appeal else None,
    )


def _label(handling: dict[str, Any], outcome: str) -> dict[str, str]:
    for known in handling["outcomes"]:
        if known["code"] == outcome:
            label: dict[str, str] = known["label"]
            return label
    raise InvalidInput("outcome", "The e-service does not have that outcome.")


def _next_version(act: ActionContext) -> int:
    last = select(func.max(Decision.version)).where(Decision.case_id == act.case.id)
    return (act.session.scalar(last) or 0) + 1
