"""Where a case would be at each of several actions, as far as its state decides that."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.routing.cases.state_machine import OPEN, Action, State, after, allowed


class Standing(NamedTuple):
    """The state that a case is in, and whether it has an open supplement request."""

    state: str
    awaiting: bool


ANYWHERE = frozenset(Standing(state, awaiting) for state in State for awaiting in (False, True))


def first_impossible(actions: Sequence[Action], start: Iterable[Standing] = ANYWHERE) -> int | None:
    """The number of the first action that a case cannot be at, wherever of `start` it began; None: there is none."""
    standings = set(start)
    for number, action in enumerate(actions):
        standings = {_moved(each, action) for each in standings if action in allowed(each.state)}
        if not standings:
            return number
    return None


def _moved(standing: Standing, action: Action) -> Standing:
    state = after(standing.state, action, awaiting=standing.awaiting)
    return Standing(state, state in OPEN and (standing.awaiting or action is Action.REQUEST_SUPPLEMENT))
