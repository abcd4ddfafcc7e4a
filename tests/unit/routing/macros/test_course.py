"""Where a case would be at each of several actions."""

import pytest

from services.routing.cases.state_machine import Action, State
from services.routing.macros.course import Standing, first_impossible

A = Action


@pytest.mark.parametrize(
    ("actions", "impossible"),
    [
        ([], None),
        ([A.CLAIM, A.REQUEST_SUPPLEMENT, A.PUT_ON_HOLD], None),
        ([A.DECIDE, A.CLOSE], None),
        ([A.CLOSE, A.DECIDE], 1),
        ([A.CLAIM, A.CLAIM], 1),
        ([A.REQUEST_SUPPLEMENT, A.RELEASE, A.CLAIM, A.WITHDRAW_SUPPLEMENT_REQUEST], None),
        ([A.CLAIM, A.RELEASE, A.MESSAGE], 2),
    ],
)
def test_the_first_action_that_no_case_can_be_at_is_named(actions, impossible):
    assert first_impossible(actions) == impossible


@pytest.mark.parametrize(("state", "impossible"), [(State.QUEUED, None), (State.ASSIGNED, 0), ("newer", 0)])
def test_of_one_case_it_is_where_that_case_is(state, impossible):
    assert first_impossible([A.CLAIM, A.DECIDE], [Standing(state, awaiting=False)]) == impossible


def test_a_case_that_awaits_a_supplement_still_does_when_it_is_claimed_again():
    start = [Standing(State.QUEUED, awaiting=True)]

    assert first_impossible([A.CLAIM, A.WITHDRAW_SUPPLEMENT_REQUEST], start) is None
    assert first_impossible([A.CLAIM, A.DECIDE, A.REOPEN, A.WITHDRAW_SUPPLEMENT_REQUEST], start) == 3
