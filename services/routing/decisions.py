"""Deciding a case: FL 31 § says what the decision holds, 32 § that it has reasons."""

from datetime import datetime
from typing import Any

from prometheus_client import Counter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.acts import Act, Done, Unacceptable, Wish, perform
from services.routing.cases import Action
from services.routing.models import Content, Decision
from services.routing.telling import told
from shared.events.facts import Fact
from shared.events.routing import Authority, CaseDecided
from shared.swedish.time import local_date

REASONS_REQUIRED = "forvaltningslagen"

DECIDED = Counter("routing_cases_decided", "Cases decided, by outcome.", ["municipality", "eservice", "outcome"])


def decide(
    wish: Wish, outcome: str, reasons: str, presenter: str | None, *, sessions: sessionmaker[Session], now: datetime
) -> Done:
    """Decide with one of the e-service's outcomes, dated today in Sweden. `presenter` is the föredragande, if any.

    Raises as `acceptable`, and as `acts.perform`.
    """
    eservice = ""

    def change(act: Act) -> Fact:
        nonlocal eservice
        eservice = act.case.eservice
        handling = act.session.get_one(Content, act.case.id).handling
        label = acceptable(handling, outcome, reasons)
        decision = Decision(
            case_id=act.case.id,
            version=_next_version(act),
            municipality=act.case.municipality,
            outcome=outcome,
            outcome_label=label,
            reasons=reasons,
            decided_on=local_date(now),
            decided_at=now,
            decided_by_subject=act.officer.subject,
            decided_by=act.officer.name,
            presenter=presenter,
        )
        act.session.add(decision)
        act.case.answer_by = None
        return _decided(act, decision, handling)

    data = {"outcome": outcome, "reasons": reasons, "presenter": presenter}
    done = perform(wish, Action.DECIDE, data, change, sessions=sessions, now=now)
    if eservice:
        DECIDED.labels(wish.officer.municipality, eservice, outcome).inc()
    return done


def acceptable(handling: dict[str, Any], outcome: str, reasons: str) -> dict[str, str]:
    """The label of the outcome that a decision would have, by language.

    Raises Unacceptable for an outcome that the e-service does not have, and where reasons are required and lacking.
    """
    label = _label(handling, outcome)
    if not reasons and reasons_required(handling):
        raise Unacceptable("reasons", "Give the reasons for the decision.")
    return label


def reasons_required(handling: dict[str, Any]) -> bool:
    """Whether förvaltningslagen applies (FL 32 §; laglighet cases are exempt, 2 §)."""
    return bool(handling["legal_regime"] == REASONS_REQUIRED)


def decisions(session: Session, case_id: object) -> list[Decision]:
    """The case's decisions, the latest version last."""
    return list(session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.version)))


def _decided(act: Act, decision: Decision, handling: dict[str, Any]) -> Fact:
    return CaseDecided(
        **told(act.case, act.at),
        outcome=decision.outcome,
        outcome_label=decision.outcome_label,
        reasons=decision.reasons,
        decided_by=decision.decided_by,
        decided_on=decision.decided_on,
        legal_regime=handling["legal_regime"],
        appeal=Authority(name={"sv": handling["appeal"]}) if handling["appeal"] else None,
    )


def _label(handling: dict[str, Any], outcome: str) -> dict[str, str]:
    for known in handling["outcomes"]:
        if known["code"] == outcome:
            label: dict[str, str] = known["label"]
            return label
    raise Unacceptable("outcome", "The e-service does not have that outcome.")


def _next_version(act: Act) -> int:
    last = select(func.max(Decision.version)).where(Decision.case_id == act.case.id)
    return (act.session.scalar(last) or 0) + 1
