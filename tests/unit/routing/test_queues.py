"""The queues: how they stand, what is in them, page by page, and taking the next case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions import casework, transfer
from services.routing.cases.state_machine import State
from services.routing.decisions import decision
from services.routing.queues import queues
from services.routing.queues.queues import Filter, QueueNotFound, Sort, Whose
from shared.events.intake import Deadline
from shared.idempotency import KeyReused
from tests.builders import NOON, a_submission
from tests.unit.routing.conftest import ANNA, ERIK, SARA, command, ruling

OPEN_ONES = Filter()


def a_deadline_of(days):
    """The handling of an e-service with this deadline; None for no deadline."""
    deadline = Deadline(days, "working_days", {"sv": "Löfte"}) if days else None
    return replace(a_submission().handling, deadline=deadline)


@pytest.fixture
def listed(desk, alvdalen):
    """Lists the case numbers of the building permits' queue."""

    def numbers(officer=ANNA, queue="bygglov", wanted=OPEN_ONES, **more):
        page = queues.cases(officer, queue, wanted, alvdalen, sessions=desk.store.sessions, **more)
        return [each.case.number[-1] for each in page.cases]

    return numbers


def test_the_overview_shows_every_queue_of_the_officers_boards_also_the_empty_ones(desk, alvdalen):
    desk.a_case(received_at=NOON - timedelta(days=200))
    casework.claim(command(desk.a_case()), **desk.how)

    shown = {state.code: state for state in queues.overview(ANNA, alvdalen, **desk.how)}

    assert list(shown) == [code for code, queue in alvdalen.queues.items() if not queue.protected]
    assert (shown["bygglov"].queued, shown["bygglov"].in_hand, shown["bygglov"].overdue) == (1, 1, 1)
    assert shown["bygglov"].oldest_received_at == NOON - timedelta(days=200)
    assert (shown["gata"].queued, shown["gata"].oldest_received_at) == (0, None)


def test_the_overview_shows_no_other_boards_queues(desk, alvdalen):
    desk.a_case()

    assert {state.board for state in queues.overview(ERIK, alvdalen, **desk.how)} == {"TN"}
    assert queues.overview(replace(ANNA, boards=frozenset()), alvdalen, **desk.how) == []


def test_a_queue_that_is_no_more_is_shown_for_as_long_as_cases_stand_in_it(desk, alvdalen, listed):
    desk.a_case()
    without = replace(alvdalen, queues={k: v for k, v in alvdalen.queues.items() if k != "bygglov"})

    [left] = [state for state in queues.overview(ANNA, without, **desk.how) if state.code == "bygglov"]

    assert (left.board, left.queued) == ("BN", 1)
    assert queues.cases(ANNA, "bygglov", Filter(), without, sessions=desk.store.sessions).cases
    with pytest.raises(QueueNotFound):
        queues.cases(ERIK, "bygglov", Filter(), without, sessions=desk.store.sessions)


def test_a_queue_that_is_no_more_and_holds_closed_cases_only_is_still_opened_from_them(desk, alvdalen):
    case = desk.a_case()
    casework.claim(command(case), **desk.how)
    decision.decide(command(case), ruling(), alvdalen, **desk.how)
    without = replace(alvdalen, queues={k: v for k, v in alvdalen.queues.items() if k != "bygglov"})

    assert queues.state_of(ANNA, "bygglov", without, **desk.how).queued == 0


def test_the_cases_of_a_queue_given_to_another_board_stay_with_the_board_that_has_them(desk, alvdalen):
    old, _, _ = desk.a_case(), desk.a_case(), desk.a_case()
    builder, manager = replace(ANNA, boards=frozenset({"BN"})), replace(ANNA, boards=frozenset({"KS"}))
    moved = replace(alvdalen.queues["bygglov"], board="KS")
    anew = replace(alvdalen, queues={**alvdalen.queues, "bygglov": moved})

    transfer.transfer(command(old), "bygglov", "Den nya nämnden tar över.", anew, **desk.how)

    for officer, waiting in ((builder, 2), (manager, 1), (ANNA, 3)):
        [shown] = [state for state in queues.overview(officer, anew, **desk.how) if state.code == "bygglov"]
        listed = queues.cases(officer, "bygglov", Filter(), anew, sessions=desk.store.sessions).cases
        assert (shown.queued, len(listed)) == (waiting, waiting)
    assert queues.claim_next(builder, "bygglov", anew, **desk.how)


@pytest.mark.parametrize(("officer", "queue"), [(ERIK, "bygglov"), (ANNA, "ingen"), (SARA, "bygglov")])
def test_a_queue_of_another_board_or_municipality_is_not_there(desk, organisations, officer, queue):
    desk.a_case()

    with pytest.raises(QueueNotFound):
        queues.cases(officer, queue, Filter(), organisations[officer.municipality], sessions=desk.store.sessions)


def test_cases_are_listed_by_deadline_or_by_age_those_without_deadline_last(desk, listed):
    for days, age in ((30, 1), (None, 3), (10, 2)):
        desk.a_case(handling=a_deadline_of(days), received_at=NOON - timedelta(hours=age))

    assert listed() == ["3", "1", "2"]
    assert listed(sort=Sort.AGE) == ["2", "3", "1"]


@pytest.mark.parametrize("sort", Sort)
def test_pages_follow_each_other_without_gap_or_repeat_also_when_cases_come_meanwhile(desk, alvdalen, sort):
    for number in range(7):
        desk.a_case(handling=a_deadline_of(number % 3 or None), received_at=NOON - timedelta(hours=number % 2))
    how = {"sort": sort, "limit": 2, "sessions": desk.store.sessions}

    page = queues.cases(ANNA, "bygglov", Filter(), alvdalen, **how)
    seen = list(page.cases)
    while page.next:
        desk.a_case(received_at=NOON - timedelta(days=300), handling=a_deadline_of(1))
        page = queues.cases(ANNA, "bygglov", Filter(), alvdalen, after=page.next, **how)
        seen += page.cases

    assert sorted(each.case.register_number for each in seen) == [1, 2, 3, 4, 5, 6, 7]


def test_cases_are_filtered_by_state_officer_eservice_and_number(desk, listed, alvdalen):
    for _ in range(3):
        desk.a_case()
    desk.a_case(eservice="rivningslov")
    first = queues.claim_next(ANNA, "bygglov", alvdalen, **desk.how)
    other = desk.a_case(eservice="rivningslov")
    transfer.transfer(command(other), "bygglov", "Hör hit.", alvdalen, **desk.how)

    assert first.number.endswith(listed(wanted=Filter(state=State.ASSIGNED))[0])
    assert len(listed(wanted=Filter(state=State.QUEUED))) == 3
    assert len(listed(wanted=Filter(whose=Whose.MINE))) == 1
    assert listed(replace(ANNA, subject="eva"), wanted=Filter(whose=Whose.MINE)) == []
    assert len(listed(wanted=Filter(whose=Whose.UNASSIGNED))) == 3
    assert len(listed(wanted=Filter(eservice="rivningslov"))) == 1
    assert listed(wanted=Filter(number="00002")) == ["2"]
    assert listed(wanted=Filter(number="bn 2026-00002")) == ["2"]
    assert listed(wanted=Filter(number="%")) == []
    assert listed(wanted=Filter(state=State.CLOSED)) == []


def test_the_next_case_is_the_one_with_the_nearest_deadline(desk, alvdalen):
    desk.a_case(handling=a_deadline_of(30))
    desk.a_case(handling=a_deadline_of(10))
    desk.a_case(handling=a_deadline_of(10), received_at=NOON - timedelta(minutes=1))

    taken = [queues.claim_next(ANNA, "bygglov", alvdalen, **desk.how) for _ in range(4)]

    assert [done.number[-1] for done in taken if done] == ["3", "2", "1"]
    assert taken[3] is None


def test_the_next_case_asked_for_twice_with_one_key_is_one_case(desk, alvdalen):
    desk.a_case()
    desk.a_case()

    first = queues.claim_next(ANNA, "bygglov", alvdalen, key="k1", **desk.how)

    assert queues.claim_next(ANNA, "bygglov", alvdalen, key="k1", **desk.how) == first
    with pytest.raises(KeyReused):
        queues.claim_next(ANNA, "gata", alvdalen, key="k1", **desk.how)
