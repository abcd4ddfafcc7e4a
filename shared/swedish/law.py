"""What the law decides for an e-service and its cases, as enums with predicates, so that no code compares strings."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.swedish.time import months_later

MONTHS_BEFORE_DECISION_REQUEST = 6


@dataclass(frozen=True)
class Ending:
    """A way that a case may end whatever it is about: how codes of such outcomes begin, and what it means."""

    stem: str
    meaning: str


_DISMISSED = Ending("avvis", "what cannot be tried (avvisning)")
_WITHDRAWN = Ending("avskr", "what is withdrawn (avskrivning)")
_DENIED = Ending("avsl", "what is refused (avslag)")


class LegalRegime(StrEnum):
    """The law that a board handles an e-service's cases under (FL 2 §)."""

    FORVALTNINGSLAGEN = "forvaltningslagen"
    LAGLIGHETSPROVNING = "laglighetsprovning"
    TRYCKFRIHETSFORORDNINGEN = "tryckfrihetsforordningen"
    FAKTISKT_HANDLANDE = "faktiskt_handlande"

    @property
    def has_decision(self) -> bool:
        """Whether a case ends in a decision. Faktiskt handlande is actual conduct: the submitter gets a reply."""
        return self is not LegalRegime.FAKTISKT_HANDLANDE

    @property
    def needs_reasons(self) -> bool:
        """Whether a decision must give its reasons (FL 32 §; the other regimes are exempt by FL 2 §)."""
        return self is LegalRegime.FORVALTNINGSLAGEN

    @property
    def decided_by_a_body(self) -> bool:
        """Whether a board or the council is the likeliest to decide: much may not be delegated (KL 6 kap. 38 §)."""
        return self is LegalRegime.LAGLIGHETSPROVNING

    @property
    def has_legality_review(self) -> bool:
        """Whether a decision is appealed by laglighetsprövning, and not to the authority above (KL 13 kap.)."""
        return self is LegalRegime.LAGLIGHETSPROVNING

    @property
    def follows_all_of_forvaltningslagen(self) -> bool:
        """Whether all of förvaltningslagen applies: an incomplete case may be dismissed (FL 20 §), a decision may be
        requested after six months (FL 12 §), and is sent on paper to those who want it so (FL 33 §). The other regimes
        are exempt (FL 2 §).
        """
        return self is LegalRegime.FORVALTNINGSLAGEN

    @property
    def endings(self) -> tuple[Ending, ...]:
        """What the outcomes of an e-service need room for: a case is dismissed or written off where it cannot be tried
        (FL 20 §), and a copy of a document may be refused (OSL 6 kap. 3 §).
        """
        match self:
            case LegalRegime.FORVALTNINGSLAGEN | LegalRegime.LAGLIGHETSPROVNING:
                return _DISMISSED, _WITHDRAWN
            case LegalRegime.TRYCKFRIHETSFORORDNINGEN:
                return (_DENIED,)
            case LegalRegime.FAKTISKT_HANDLANDE:
                return ()


class Registration(StrEnum):
    """How an incoming document is kept (OSL 5 kap. 1 §): registered, in order without a register, or neither."""

    REGISTRERAS = "registreras"
    HALLS_ORDNAD = "halls_ordnad"
    RINGA = "ringa"


class DeadlineUnit(StrEnum):
    """What a period is counted in (lag 1930:173; working days where the municipality has promised it so)."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class RestartCause(StrEnum):
    """What lets a period that has begun begin anew."""

    SUPPLEMENT = "supplement"


class OnExpiry(StrEnum):
    """What is to happen when a period has run out without a decision. Nothing is decided by itself."""

    ALERT = "alert"
    DECIDE = "decide"

    @property
    def comes_first(self) -> bool:
        """Whether the case is put before all others, as it must be decided."""
        return self is OnExpiry.DECIDE


class AppealAuthority(StrEnum):
    """The kind of authority that a decision is appealed to. Each municipality names its own of each kind."""

    FORVALTNINGSRATTEN = "forvaltningsratten"
    KAMMARRATTEN = "kammarratten"
    LANSSTYRELSEN = "lansstyrelsen"


def first_day_to_request_decision(received_on: date) -> date:
    """The first day that a party may request a decision: when six months have gone without one (FL 12 §)."""
    return months_later(received_on, MONTHS_BEFORE_DECISION_REQUEST) + timedelta(days=1)
