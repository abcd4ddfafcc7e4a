"""What is drawn for the life of cases: who tries what with which of them, and how often."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis import strategies as st

from services.routing.cases.state_machine import Action
from services.routing.organisation.officers import Officer
from tests.store.routing.casework import ANNA, ERIK, EVA


class Attempt(NamedTuple):
    """What an officer tries with a case: the first of the `actions` that its state allows, else the first.

    `neighbour` is how far on the other case is, where it is about two. `partial`: where somebody has a conflict of
    interest in the case, it is they who claim or reopen it, or get it. `moves`: where it is on hold, it is moved to the
    other queue. `of_queue`: a claim is of whichever case is next in the queue. `stale`: the case was seen at an earlier
    version. `twice`: sent again under its key.
    """

    officer: str
    number: int
    actions: Sequence[Action]
    other: str
    queue: str
    neighbour: int
    partial: bool
    moves: bool
    of_queue: bool
    stale: bool
    twice: bool


BEA = Officer("bea", "Bea Berg", "2039", frozenset({"BN", "TN"}))
LENA = replace(ANNA, subject="lena", name="Lena Lind", leads=True)
OFFICERS = {each.subject: each for each in (ANNA, ERIK, EVA, BEA, LENA)}
BOARDS = {"bygglov": "BN", "gata": "TN"}
CASES = 3

officers, numbers, queues = st.sampled_from(list(OFFICERS)), st.integers(0, CASES - 1), st.sampled_from(list(BOARDS))
neighbours = st.integers(1, CASES - 1)
seldom, now_and_then = st.sampled_from([False] * 7 + [True]), st.sampled_from([False] * 2 + [True])
OFTEN = [
    *[Action.CLAIM] * 2,
    *[Action.PUT_ON_HOLD] * 2,
    Action.TRANSFER,
    Action.REQUEST_SUPPLEMENT,
    Action.RECEIVE_SUPPLEMENT,
    Action.ASSIGN,
    Action.DECIDE,
    Action.REOPEN,
    Action.DECLARE_CONFLICT,
]
GIVES_TO_WORK_WITH = (Action.CLAIM, Action.ASSIGN, Action.REOPEN)
attempts = st.builds(
    Attempt,
    officer=officers,
    number=numbers,
    actions=st.lists(st.sampled_from([*Action, *OFTEN * 4]), min_size=3, max_size=3),
    other=st.sampled_from([*OFFICERS, "eva", "eva"]),
    queue=queues,
    neighbour=neighbours,
    partial=st.booleans(),
    moves=now_and_then,
    of_queue=st.booleans(),
    stale=seldom,
    twice=now_and_then,
)
work = st.lists(attempts, min_size=3, max_size=7)
in_bulk = st.sampled_from(
    [
        *[Action.NOTE] * 6,
        Action.RELEASE,
        Action.TRANSFER,
        Action.DECIDE,
        Action.CLOSE,
        *[Action.CLAIM, Action.ASSIGN] * 3,
    ]
)
several = st.lists(numbers, min_size=1, max_size=CASES, unique=True)
moments = st.none() | st.integers(1, 8)  # at which begin or commit of a transaction a process is killed, if at any


def course(name: str, **drawn: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """One of the courses of `Life`, with what it is given."""
    return st.tuples(st.just(name), st.fixed_dictionaries(drawn))


courses = st.one_of(
    course("two_cases_are_linked_and_apart_again", number=numbers, neighbour=neighbours, back=st.booleans()),
    course("a_case_is_joined_and_reopened", number=numbers, neighbour=neighbours),
    *[
        course(
            "a_case_is_decided_and_reopened",
            number=st.sampled_from([0, 0, 1, 2]),  # only the first case's deadline may be extended
            days=st.sampled_from([7, 30, 60]),
            lacks=st.sampled_from([True, True, False]),
            closes=st.booleans(),
        )
    ]
    * 2,
    course("a_case_that_lacks_something_is_moved", number=numbers),
    course(
        "what_eva_has_is_handed_over_to_somebody_partial", number=numbers, to=st.sampled_from(["bea", "anna", "lena"])
    ),
    course("a_job_ends_though_its_worker_is_killed_everywhere", chosen=several, action=in_bulk, queue=queues),
    course("two_workers_come_to_the_same_cases", chosen=several, point=st.integers(3, 4)),
)
