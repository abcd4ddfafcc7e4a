"""What may happen to a case: its states, the actions, and the one table of which action leads where.

A state is given as text: the store may hold one that a newer version wrote. That state allows no action here.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import groupby

from shared.events.routing import CaseState

State = CaseState


class Action(StrEnum):
    """What is done with a case, by an officer or (`receive_supplement`, `request_decision`) by its submitter."""

    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    REQUEST_SUPPLEMENT = "request_supplement"
    RECEIVE_SUPPLEMENT = "receive_supplement"
    WITHDRAW_SUPPLEMENT_REQUEST = "withdraw_supplement_request"
    EXTEND_DEADLINE = "extend_deadline"
    REPORT_DELAY = "report_delay"
    REQUEST_DECISION = "request_decision"
    REJECT_DECISION_REQUEST = "reject_decision_request"
    DECLARE_CONFLICT = "declare_conflict"
    WITHDRAW_CONFLICT = "withdraw_conflict"
    PUT_ON_HOLD = "put_on_hold"
    END_HOLD = "end_hold"
    SET_PRIORITY = "set_priority"
    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    NOTE = "note"
    MESSAGE = "message"
    CORRECT_ADDRESS = "correct_address"
    DECIDE = "decide"
    CLOSE = "close"
    REOPEN = "reopen"
    LINK = "link"
    UNLINK = "unlink"
    JOIN = "join"


INITIAL = State.QUEUED
OPEN = (State.QUEUED, State.ASSIGNED, State.AWAITING_SUPPLEMENT)

# Where the table leads to ASSIGNED, a case with an open supplement request comes to AWAITING_SUPPLEMENT (see `after`).
# A hold ends in whichever state the case then is: none is forgotten.
# A case that awaits a supplement may be decided without it: a submitter cannot delay it by not answering (FL 20 §).
# Who has an open case and declares a conflict of interest no longer has it: it is then QUEUED.
TRANSITIONS: Mapping[str, Mapping[Action, State]] = {
    State.QUEUED: {
        Action.CLAIM: State.ASSIGNED,
        Action.ASSIGN: State.ASSIGNED,
        Action.TRANSFER: State.QUEUED,
        Action.PUT_ON_HOLD: State.QUEUED,
        Action.END_HOLD: State.QUEUED,
        Action.SET_PRIORITY: State.QUEUED,
        Action.ADD_TAG: State.QUEUED,
        Action.REMOVE_TAG: State.QUEUED,
        Action.NOTE: State.QUEUED,
        Action.CORRECT_ADDRESS: State.QUEUED,
        Action.RECEIVE_SUPPLEMENT: State.QUEUED,
        Action.WITHDRAW_SUPPLEMENT_REQUEST: State.QUEUED,
        Action.REQUEST_DECISION: State.QUEUED,
        Action.DECLARE_CONFLICT: State.QUEUED,
        Action.WITHDRAW_CONFLICT: State.QUEUED,
        Action.LINK: State.QUEUED,
        Action.UNLINK: State.QUEUED,
        Action.JOIN: State.CLOSED,
    },
    State.ASSIGNED: {
        Action.RELEASE: State.QUEUED,
        Action.ASSIGN: State.ASSIGNED,
        Action.TRANSFER: State.QUEUED,
        Action.REQUEST_SUPPLEMENT: State.AWAITING_SUPPLEMENT,
        Action.RECEIVE_SUPPLEMENT: State.ASSIGNED,
        Action.PUT_ON_HOLD: State.ASSIGNED,
        Action.END_HOLD: State.ASSIGNED,
        Action.SET_PRIORITY: State.ASSIGNED,
        Action.ADD_TAG: State.ASSIGNED,
        Action.REMOVE_TAG: State.ASSIGNED,
        Action.NOTE: State.ASSIGNED,
        Action.CORRECT_ADDRESS: State.ASSIGNED,
        Action.MESSAGE: State.ASSIGNED,
        Action.EXTEND_DEADLINE: State.ASSIGNED,
        Action.REPORT_DELAY: State.ASSIGNED,
        Action.REQUEST_DECISION: State.ASSIGNED,
        Action.REJECT_DECISION_REQUEST: State.ASSIGNED,
        Action.DECIDE: State.DECIDED,
        Action.DECLARE_CONFLICT: State.ASSIGNED,
        Action.WITHDRAW_CONFLICT: State.ASSIGNED,
        Action.LINK: State.ASSIGNED,
        Action.UNLINK: State.ASSIGNED,
        Action.JOIN: State.CLOSED,
    },
    State.AWAITING_SUPPLEMENT: {
        Action.RELEASE: State.QUEUED,
        Action.REQUEST_SUPPLEMENT: State.AWAITING_SUPPLEMENT,
        Action.RECEIVE_SUPPLEMENT: State.ASSIGNED,
        Action.WITHDRAW_SUPPLEMENT_REQUEST: State.ASSIGNED,
        Action.ASSIGN: State.AWAITING_SUPPLEMENT,
        Action.TRANSFER: State.QUEUED,
        Action.PUT_ON_HOLD: State.AWAITING_SUPPLEMENT,
        Action.END_HOLD: State.AWAITING_SUPPLEMENT,
        Action.SET_PRIORITY: State.AWAITING_SUPPLEMENT,
        Action.ADD_TAG: State.AWAITING_SUPPLEMENT,
        Action.REMOVE_TAG: State.AWAITING_SUPPLEMENT,
        Action.NOTE: State.AWAITING_SUPPLEMENT,
        Action.CORRECT_ADDRESS: State.AWAITING_SUPPLEMENT,
        Action.MESSAGE: State.AWAITING_SUPPLEMENT,
        Action.EXTEND_DEADLINE: State.AWAITING_SUPPLEMENT,
        Action.REPORT_DELAY: State.AWAITING_SUPPLEMENT,
        Action.REQUEST_DECISION: State.AWAITING_SUPPLEMENT,
        Action.REJECT_DECISION_REQUEST: State.AWAITING_SUPPLEMENT,
        Action.DECIDE: State.DECIDED,
        Action.DECLARE_CONFLICT: State.AWAITING_SUPPLEMENT,
        Action.WITHDRAW_CONFLICT: State.AWAITING_SUPPLEMENT,
        Action.LINK: State.AWAITING_SUPPLEMENT,
        Action.UNLINK: State.AWAITING_SUPPLEMENT,
        Action.JOIN: State.CLOSED,
    },
    State.DECIDED: {
        Action.CLOSE: State.CLOSED,
        Action.REOPEN: State.ASSIGNED,
        Action.RECEIVE_SUPPLEMENT: State.DECIDED,
        Action.END_HOLD: State.DECIDED,
        Action.ADD_TAG: State.DECIDED,
        Action.REMOVE_TAG: State.DECIDED,
        Action.NOTE: State.DECIDED,
        Action.CORRECT_ADDRESS: State.DECIDED,
        Action.MESSAGE: State.DECIDED,
        Action.DECLARE_CONFLICT: State.DECIDED,
        Action.WITHDRAW_CONFLICT: State.DECIDED,
        Action.LINK: State.DECIDED,
        Action.UNLINK: State.DECIDED,
    },
    State.CLOSED: {
        Action.REOPEN: State.ASSIGNED,
        Action.RECEIVE_SUPPLEMENT: State.CLOSED,
        Action.END_HOLD: State.CLOSED,
        Action.ADD_TAG: State.CLOSED,
        Action.REMOVE_TAG: State.CLOSED,
        Action.NOTE: State.CLOSED,
        Action.CORRECT_ADDRESS: State.CLOSED,
        Action.DECLARE_CONFLICT: State.CLOSED,
        Action.WITHDRAW_CONFLICT: State.CLOSED,
        Action.LINK: State.CLOSED,
        Action.UNLINK: State.CLOSED,
    },
}


class ActionNotAllowed(Exception):
    """The case's state does not allow the action; `allowed` is what it does allow."""

    def __init__(self, state: str, action: Action) -> None:
        super().__init__(f"{action} is not allowed when the case is {state}")
        self.state = state
        self.action = action
        self.allowed = allowed(state)


def allowed(state: str) -> tuple[Action, ...]:
    """The actions that a case in this state is open to."""
    return tuple(TRANSITIONS.get(state, ()))


def after(state: str, action: Action, *, awaiting: bool = False) -> State:
    """The state that the action leads to; ActionNotAllowed when it leads nowhere.

    `awaiting`: the case has an open supplement request, which it keeps wherever it goes.
    """
    if action not in allowed(state):
        raise ActionNotAllowed(state, action)
    target = TRANSITIONS[state][action]
    return State.AWAITING_SUPPLEMENT if awaiting and target is State.ASSIGNED else target


def _targets(source: State, action: Action) -> set[State]:
    """Where the action leads, as the case has an open supplement request or not, and as its own officer acts or not.

    A case that is in hand without awaiting anything has no open request.
    """
    open_or_not = {State.QUEUED: (False, True), State.AWAITING_SUPPLEMENT: (False, True)}.get(source, (False,))
    put_back = {State.QUEUED} if action is Action.DECLARE_CONFLICT and source in OPEN else set()
    return put_back | {after(source, action, awaiting=awaiting) for awaiting in open_or_not}


def mermaid() -> str:
    """The state machine as a Mermaid state diagram, one arrow for each pair of states."""
    states = list(State)
    arrows = sorted(
        (states.index(source), states.index(target), action)
        for source in states
        for action in TRANSITIONS[source]
        for target in _targets(source, action)
    )
    lines = ["stateDiagram-v2", f"    [*] --> {INITIAL}"]
    for (source, target), same in groupby(arrows, key=lambda arrow: arrow[:2]):
        actions = ", ".join(action for *_, action in same)
        lines.append(f"    {states[source]} --> {states[target]}: {actions}")
    return "\n".join(lines) + "\n"
