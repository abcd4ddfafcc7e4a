"""The state machine, on its own and (in tests/store/routing/actions/test_perform.py) as the store keeps it."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.routing.cases.state_machine import (
    INITIAL,
    OPEN,
    TRANSITIONS,
    Action,
    ActionNotAllowed,
    State,
    after,
    allowed,
    mermaid,
)


def test_the_error_of_an_action_that_is_not_allowed_lists_what_is_allowed():
    with pytest.raises(ActionNotAllowed) as refusal:
        after(State.CLOSED, Action.DECIDE)

    assert refusal.value.allowed == (
        Action.REOPEN,
        Action.RECEIVE_SUPPLEMENT,
        Action.END_HOLD,
        Action.ADD_TAG,
        Action.REMOVE_TAG,
        Action.NOTE,
        Action.CORRECT_ADDRESS,
        Action.DECLARE_CONFLICT,
        Action.WITHDRAW_CONFLICT,
        Action.LINK,
        Action.UNLINK,
    )


@pytest.mark.parametrize("state", State)
def test_what_is_allowed_is_what_leads_somewhere(state):
    for action in Action:
        if action in allowed(state):
            assert after(state, action) in State
        else:
            with pytest.raises(ActionNotAllowed):
                after(state, action)


def test_a_state_that_only_a_newer_version_knows_allows_nothing():
    assert allowed("suspended") == ()
    with pytest.raises(ActionNotAllowed):
        after("suspended", Action.NOTE)


@pytest.mark.parametrize("state", State)
def test_a_submitter_may_always_send_more_and_an_officer_always_note(state):
    assert {Action.RECEIVE_SUPPLEMENT, Action.NOTE} <= set(allowed(state))


@pytest.mark.parametrize("state", State)
def test_a_hold_ends_in_whatever_state_the_case_then_is(state):
    assert after(state, Action.END_HOLD) is state


def test_every_action_is_allowed_in_some_state():
    assert {action for actions in TRANSITIONS.values() for action in actions} == set(Action)


def test_every_state_can_be_reached_and_left():
    reached, new = {INITIAL}, {INITIAL}
    while new:
        new = {target for state in new for target in TRANSITIONS[state].values()} - reached
        reached |= new

    assert reached == set(State)
    assert all(set(TRANSITIONS[state].values()) - {state} for state in State)


def test_the_drawing_shows_every_state_and_action():
    drawing = mermaid()

    assert drawing.startswith("stateDiagram-v2\n    [*] --> queued\n")
    assert "    decided --> closed: close\n" in drawing
    assert all(action in drawing for action in Action)


class Life(RuleBasedStateMachine):
    """However a case is handled, some things always hold."""

    def __init__(self):
        super().__init__()
        self.state = INITIAL
        self.settled = False

    @rule(data=st.data())
    def something_allowed_happens(self, data):
        action = data.draw(st.sampled_from(allowed(self.state)))
        self.state = after(self.state, action)
        if action in (Action.DECIDE, Action.JOIN):
            self.settled = True

    @precondition(lambda self: self.state is State.CLOSED)
    @invariant()
    def a_closed_case_has_been_decided_or_joined_with_another(self):
        assert self.settled

    @invariant()
    def an_open_case_can_come_to_a_decision(self):
        if self.state in OPEN:
            state = self.state if self.state is not State.QUEUED else after(self.state, Action.CLAIM)
            assert after(state, Action.DECIDE) is State.DECIDED


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
