"""The number of days that a share of the cases took at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.statistics.expected_times import percentile


@pytest.mark.parametrize(("share", "days"), [(0.5, 3), (0.9, 9), (1.0, 10)])
def test_a_share_of_the_cases_took_at_most(share, days):
    assert percentile({1: 4, 3: 1, 9: 4, 10: 1}, share) == days


@given(st.dictionaries(st.integers(0, 400), st.integers(1, 50), min_size=1), st.floats(0.01, 1.0))
def test_it_is_the_least_that_so_many_took_at_most(days, share):
    found, all_cases = percentile(days, share), sum(days.values())

    assert sum(cases for each, cases in days.items() if each <= found) >= share * all_cases
    assert sum(cases for each, cases in days.items() if each < found) < share * all_cases
