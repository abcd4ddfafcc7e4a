"""A decision before it is made: what it must contain (FL 31 §), and its reasons (FL 32 §)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, SubmissionCopy
from services.routing.decisions.models import Decision
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.swedish.law import LegalRegime
from shared.swedish.time import local_date


@dataclass(frozen=True)
class DecisionDraft:
    """One of the e-service's outcomes, decided by whom, on which day in Sweden.

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
    ) -> "DecisionDraft":
        """As an officer enters it: the officer's own decision of today, unless another or another day is given."""
        return cls(outcome, reasons, presenter, decided_by or officer.name, decided_on or local_date(now))

    def decision(self, case: Case, content: SubmissionCopy, organisation: Organisation, now: datetime) -> Decision:
        """The decision as it would be kept and published, not yet in the store.

        Raises InvalidInput for an outcome that the e-service does not have, where reasons are required and missing,
        for a day that is still to come or on which the case had not been received, and under a law that only a newer
        version knows.
        """
        label = _outcome_label(content.handling, self.outcome)
        if not self.reasons and content.regime.needs_reasons:
            raise InvalidInput("reasons", "Give the reasons for the decision.")
        if content.handling["legal_regime"] not in frozenset(LegalRegime):
            raise InvalidInput("outcome", "The law that the case is handled under is new. Update the system first.")
        if self.decided_on > local_date(now):
            raise InvalidInput("decided_on", "The day of decision cannot be after today.")
        if self.decided_on < local_date(case.received_at):
            raise InvalidInput("decided_on", "The day of decision cannot be before the case was received.")
        kind = content.handling["appeal"]
        return Decision(
            case_id=case.id,
            municipality=case.municipality,
            **asdict(self),
            outcome_label=label,
            decided_at=now,
            appeal=asdict(organisation.authority(kind)) if kind else None,
        )


def decisions_of(session: Session, case_id: UUID) -> list[Decision]:
    """The case's decisions, the latest version last."""
    return list(session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.version)))


def next_version(session: Session, case_id: UUID) -> int:
    """The version of the case's next decision."""
    last = select(func.max(Decision.version)).where(Decision.case_id == case_id)
    return (session.scalar(last) or 0) + 1


def _outcome_label(handling: Mapping[str, Any], outcome: str) -> dict[str, str]:
    for known in handling["outcomes"]:
        if known["code"] == outcome:
            label: dict[str, str] = known["label"]
            return label
    raise InvalidInput("outcome", "The e-service does not have that outcome.")
