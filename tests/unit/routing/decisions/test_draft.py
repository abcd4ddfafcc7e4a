"""A decision before it is made: what it must hold, under each law."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, SubmissionCopy
from services.routing.decisions.draft import DecisionDraft
from services.routing.decisions.models import Decision
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from shared.events.payloads import plain
from shared.swedish.law import LegalRegime
from tests.builders import NOON, a_submission

ALVDALEN = loader.load(Path("municipalities"), Path("eservices"))["2039"]
ANNA = Officer("anna", "Anna Andersson", "2039", None)
CASE = Case(id=UUID(int=1), municipality="2039", received_at=NOON)


def decided(
    regime: str = "forvaltningslagen", handling: dict[str, Any] | None = None, now: datetime = NOON, **data: Any
) -> Decision:
    """The decision of Anna's draft in a case under the regime."""
    content = SubmissionCopy(handling=plain(a_submission(regime=regime).handling) | (handling or {}))
    draft = DecisionDraft.entered(ANNA, now, **{"outcome": "bifall", "reasons": "Skäl."} | data)
    return draft.decision(CASE, content, ALVDALEN, now)


def test_a_decision_is_the_officers_own_and_of_today_in_sweden_unless_entered_otherwise():
    own = decided(now=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    boards = decided(decided_by="Byggnadsnämnden", decided_on=date(2026, 11, 23))

    assert (own.decided_by, own.decided_on) == ("Anna Andersson", date(2026, 11, 24))
    assert (boards.decided_by, boards.decided_on) == ("Byggnadsnämnden", date(2026, 11, 23))


@pytest.mark.parametrize("regime", LegalRegime)
def test_reasons_are_needed_under_forvaltningslagen_only(regime):
    if regime is LegalRegime.FORVALTNINGSLAGEN:
        with pytest.raises(InvalidInput, match="reasons"):
            decided(regime, reasons="")
    else:
        assert decided(regime, reasons="").reasons == ""


def test_reasons_are_needed_under_a_law_that_this_version_does_not_know():
    with pytest.raises(InvalidInput, match="reasons"):
        decided(handling={"legal_regime": "ny_lag"}, reasons="")


def test_under_a_law_that_this_version_does_not_know_nothing_is_decided():
    with pytest.raises(InvalidInput, match="outcome: The law"):
        decided(handling={"legal_regime": "ny_lag"}, reasons="Skäl.")


def test_an_outcome_is_one_of_the_eservices():
    assert decided().outcome_label == {"sv": "Bifall", "en": "Granted"}
    with pytest.raises(InvalidInput, match="outcome"):
        decided(outcome="kanske")


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 24)])
def test_the_day_of_decision_is_between_receipt_and_today(day):
    with pytest.raises(InvalidInput, match="decided_on"):
        decided(decided_on=day)


def test_the_authority_to_appeal_to_is_kept_where_there_is_one():
    appeal = decided().appeal

    assert appeal
    assert appeal["name"]["sv"] == "Länsstyrelsen i Dalarnas län"
    assert decided(handling={"appeal": None}).appeal is None
