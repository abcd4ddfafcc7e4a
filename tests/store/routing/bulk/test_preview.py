"""A preview says beforehand, case by case, what the action itself would refuse; at the cost of one case."""

from dataclasses import replace

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.declare_conflict import declare_conflict
from services.routing.bulk.offer import IN_BULK, bulk_choices, seen
from services.routing.bulk.preview import preview
from services.routing.bulk.request import read
from services.routing.bulk.selections import ChosenCase
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action
from services.routing.directory.absences import AbsenceRequest, enter_absence
from services.routing.subtasks.subtasks import add
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, EVA, command, decision_data, everything
from tests.stores import statements

OPEN_SUBTASKS = {"confirmed": "The case has sub-tasks that are not finished. Confirm that it is to be closed."}
NO_SUCH_OFFICER = {"officer_subject": "There is no such officer in the directory."}
OF_ANOTHER_BOARD = {"officer_subject": "That officer may not see the case."}
HAS_CONFLICT = {"officer_subject": "That officer has declared a conflict of interest in the case."}


@pytest.fixture
def foresee(casework, context, alvdalen):
    """What a preview says of the cases, in their order: None where it can be done, else the reason and its errors."""

    def foreseen(action, request, *cases):
        versions = {each.id: each.sequence for each in everything(casework.store, Case)}
        chosen = [ChosenCase(each.id, versions[each.id]) for each in cases]
        data = read(IN_BULK[action], request, context.clock)
        known = seen(ANNA, chosen, sessions=casework.store.sessions)
        found = preview(known, IN_BULK[action], data, alvdalen, casework.clock(), sessions=casework.store.sessions)
        failures = {each.case_id: each.failure for each in found.failures}
        return [
            (failures[each.id].reason, failures[each.id].detail.get("errors")) if each.id in failures else None
            for each in cases
        ]

    return foreseen


@pytest.fixture
def cases(casework):
    """Two cases that Anna has claimed."""
    made = [casework.a_case() for _ in range(2)]
    for each in made:
        claim(command(each), **casework.store_and_time)
    return made


def has_open_subtask(casework, case, organisation):
    """Give Eva a part of the work with the case."""
    add(ANNA, case.id, "Mät.", assignee_subject="eva", organisation=organisation, **casework.store_and_time)


def test_a_conflict_of_interest_of_who_orders_is_foreseen_as_the_job_would_find_it(
    casework, cases, foresee, ordered, perform, alvdalen
):
    partial, other = cases
    declare_conflict(command(partial), "Släkt.", alvdalen, **casework.store_and_time)

    assert foresee(Action.MESSAGE, {"text": "Hej!"}, partial, other) == [("partial", None), None]
    assert foresee(Action.TRANSFER, {"queue": "gata", "reason": "Hör dit."}, partial, other) == [None, None]


def test_the_officer_who_is_to_have_the_cases_is_looked_up_in_the_directory(casework, cases, foresee, alvdalen):
    casework.knows(ERIK, EVA)
    declare_conflict(command(cases[0], replace(EVA, boards=None)), "Släkt.", alvdalen, **casework.store_and_time)

    assert foresee(Action.ASSIGN, {"officer_subject": "eva"}, *cases) == [("invalid", HAS_CONFLICT), None]
    assert foresee(Action.ASSIGN, {"officer_subject": "erik"}, *cases) == [("invalid", OF_ANOTHER_BOARD)] * 2
    assert foresee(Action.ASSIGN, {"officer_subject": "nobody"}, *cases) == [("invalid", NO_SUCH_OFFICER)] * 2


def test_who_is_absent_is_named_so_where_officers_are_chosen(casework, cases, alvdalen):
    _, eva = casework.knows(ANNA, EVA)
    enter_absence(replace(ANNA, leads=True), eva, AbsenceRequest(NOON.date(), None, None), **casework.store_and_time)
    known = seen(ANNA, [ChosenCase(each.id, 3) for each in cases], sessions=casework.store.sessions)

    officers = dict(bulk_choices(known, alvdalen, **casework.store_and_time)["officers"])

    assert officers["eva"]["sv"] == "Eva Ek (frånvarande tills vidare)"
    assert officers["anna"]["en"] == "Anna Andersson"


def test_open_sub_tasks_are_foreseen_and_confirmed_for_all_at_once(
    casework, cases, foresee, ordered, perform, alvdalen
):
    casework.knows(EVA)
    has_open_subtask(casework, cases[0], alvdalen)

    closing = decision_data(close=True)
    assert foresee(Action.DECIDE, closing, *cases) == [("invalid", OPEN_SUBTASKS), None]
    assert foresee(Action.DECIDE, decision_data(), *cases) == [None, None]
    for each in cases:
        decide(command(each), decision_data(), alvdalen, **casework.store_and_time)
    assert foresee(Action.CLOSE, {}, *cases) == [("invalid", OPEN_SUBTASKS), None]
    assert foresee(Action.CLOSE, {"confirmed": "true"}, *cases) == [None, None]

    ordered(Action.CLOSE, {"confirmed": "true"}, *map(casework.now, cases))
    perform()
    assert [each.state for each in everything(casework.store, Case)] == ["closed", "closed"]


@pytest.mark.parametrize(
    ("action", "request_"),
    [
        (Action.ASSIGN, {"officer_subject": "eva"}),
        (Action.DECIDE, decision_data(close=True)),
        (Action.MESSAGE, {"text": "Hej!"}),
    ],
)
def test_a_preview_of_many_cases_takes_the_statements_of_one(casework, cases, foresee, action, request_):
    casework.knows(EVA)
    costs = []
    for chosen in (cases[:1], cases):
        with statements(casework.store.engine) as texts:
            foresee(action, request_, *chosen)
        costs.append(len(texts))

    assert costs[0] == costs[1]
