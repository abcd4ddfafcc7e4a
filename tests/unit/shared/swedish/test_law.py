"""What each legal regime means for a case."""

import pytest

from shared.swedish.law import LegalRegime


@pytest.mark.parametrize(
    ("regime", "has_decision", "needs_reasons", "has_legality_review", "follows_all_of_forvaltningslagen"),
    [
        ("forvaltningslagen", True, True, False, True),
        ("laglighetsprovning", True, False, True, False),
        ("tryckfrihetsforordningen", True, False, False, False),
        ("faktiskt_handlande", False, False, False, False),
    ],
)
def test_each_regime_has_its_own_consequences(
    regime, has_decision, needs_reasons, has_legality_review, follows_all_of_forvaltningslagen
):
    known = LegalRegime(regime)

    assert known.has_decision is has_decision
    assert known.needs_reasons is needs_reasons
    assert known.has_legality_review is has_legality_review
    assert known.follows_all_of_forvaltningslagen is follows_all_of_forvaltningslagen
