"""What the tables read of a case's law."""

import pytest

from services.routing.cases.models import SubmissionCopy, known_regime
from shared.swedish.law import LegalRegime


@pytest.mark.parametrize("regime", LegalRegime)
def test_a_case_knows_the_law_that_it_is_handled_under(regime):
    assert SubmissionCopy(handling={"legal_regime": str(regime)}).regime is regime


@pytest.mark.parametrize("code", ["ny_lag", "", None])
def test_a_law_that_this_version_does_not_know_is_read_as_the_one_that_applies_where_no_other_does(code):
    assert known_regime(code) is LegalRegime.FORVALTNINGSLAGEN
