"""How the page of a case offers what may be done."""

from services.routing.actions.definition import Purpose
from services.routing.actions.registry import DEFINITIONS
from services.routing.cases.state_machine import Action, State, allowed
from services.routing.desk.next_step import NextStep, grouped


def test_the_next_step_comes_first_beside_what_is_common_and_the_rest_is_folded_by_purpose():
    offered = [DEFINITIONS[each] for each in DEFINITIONS if each in allowed(State.ASSIGNED)]

    actions = grouped(offered, NextStep("Decide", Action.DECIDE))

    shown = [each.action for each in actions.shown]
    assert shown[0] is Action.DECIDE
    assert {Action.NOTE, Action.MESSAGE, Action.REQUEST_SUPPLEMENT} < set(shown)
    folded = [each for actions_of_purpose in actions.folded.values() for each in actions_of_purpose]
    assert {each.action for each in folded} == {each.action for each in offered} - set(shown)
    assert Action.ASSIGN in {each.action for each in actions.folded[Purpose.HANDLING]}


def test_what_is_seldom_done_is_shown_where_it_is_the_next_step():
    offered = [DEFINITIONS[Action.CLOSE], DEFINITIONS[Action.REOPEN]]

    actions = grouped(offered, NextStep("Close", Action.CLOSE))

    assert [each.action for each in actions.shown] == [Action.CLOSE]
    assert list(actions.folded) == [Purpose.CASE]
