"""A case is found by as much of its number as an officer writes."""

import pytest
from sqlalchemy import select

from services.routing.cases.models import Case
from services.routing.queues.number_search import has_number


@pytest.fixture
def found(casework, store):
    """Finds the numbers of the cases that have what is written: among three in two municipalities."""
    casework.a_case()
    casework.a_case()
    casework.a_case(municipality="2409")

    def found(written):
        with store.sessions() as session:
            return sorted(session.scalars(select(Case.number).where(has_number(written))))

    return found


@pytest.mark.parametrize(
    "written",
    [
        "2",
        "00002",
        " 2 ",
        "2026-2",
        "2026-00002",
        "BN 2026-00002",
        "bn2026-2",
        "2/2026",
        "BN\u00a02026–00002.",
        "\u200bBN 2026‑2",
    ],
)
def test_a_case_is_found_by_its_number_with_or_without_year_and_board(found, written):
    assert found(written) == ["BN 2026-00002"]


@pytest.mark.parametrize(
    "written", ["3", "2025-2", "KS 2", "BN", "%", "_", "", "0002 2026 9x", "9" * 80, "-2147483649", "2" + "\u0301" * 79]
)
def test_what_is_not_its_number_does_not_find_it(found, written):
    assert "BN 2026-00002" not in found(written)


def test_a_number_is_found_in_whichever_pattern_its_register_has(found):
    assert found("1") == ["2026-BN0001", "BN 2026-00001"]
    assert all(number in found(number) for number in found("1"))
