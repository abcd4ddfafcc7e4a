"""How the queues stand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.put_on_hold import put_on_hold
from services.routing.actions.transfer import transfer
from services.routing.queues.claim_next import claim_next
from services.routing.queues.list_cases import CaseFilter, queue_cases
from services.routing.queues.overview import QueueNotFound, overview, state_of
from tests.builders import NOON, a_submission
from tests.store.routing.casework import ANNA, ERIK, PERMIT, command, decision_data


def test_the_overview_shows_every_queue_of_the_officers_boards_also_the_empty_ones(casework, alvdalen):
    casework.a_case(received_at=NOON - timedelta(days=200))
    claim(command(casework.a_case()), **casework.store_and_time)

    shown = {state.code: state for state in overview(ANNA, alvdalen, **casework.store_and_time)}

    assert list(shown) == [code for code, queue in alvdalen.queues.items() if not queue.protected]
    assert (shown["bygglov"].queued, shown["bygglov"].in_hand, shown["bygglov"].overdue) == (1, 1, 1)
    assert shown["bygglov"].oldest_received_at == NOON - timedelta(days=200)
    assert (shown["gata"].queued, shown["gata"].oldest_received_at) == (0, None)


def test_the_overview_shows_no_other_boards_queues(casework, alvdalen):
    casework.a_case()

    assert {state.board for state in overview(ERIK, alvdalen, **casework.store_and_time)} == {"TN"}
    assert overview(replace(ANNA, boards=frozenset()), alvdalen, **casework.store_and_time) == []


def test_a_queue_that_is_no_more_is_shown_for_as_long_as_cases_stand_in_it(casework, alvdalen):
    casework.a_case()
    without = replace(alvdalen, queues={k: v for k, v in alvdalen.queues.items() if k != "bygglov"})

    [left] = [state for state in overview(ANNA, without, **casework.store_and_time) if state.code == "bygglov"]

    assert (left.board, left.queued) == ("BN", 1)
    assert queue_cases(ANNA, "bygglov", CaseFilter(), without, sessions=casework.store.sessions).cases
    with pytest.raises(QueueNotFound):
        queue_cases(ERIK, "bygglov", CaseFilter(), without, sessions=casework.store.sessions)


def test_a_queue_that_is_no_more_and_holds_closed_cases_only_is_still_opened_from_them(casework, alvdalen):
    case = casework.a_case()
    claim(command(case), **casework.store_and_time)
    decide(command(case), decision_data(), alvdalen, **casework.store_and_time)
    without = replace(alvdalen, queues={k: v for k, v in alvdalen.queues.items() if k != "bygglov"})

    assert state_of(ANNA, "bygglov", without, **casework.store_and_time).queued == 0


def test_the_cases_of_a_queue_given_to_another_board_stay_with_the_board_that_has_them(casework, alvdalen):
    old, _, _ = casework.a_case(), casework.a_case(), casework.a_case()
    builder, manager = replace(ANNA, boards=frozenset({"BN"})), replace(ANNA, boards=frozenset({"KS"}))
    moved = replace(alvdalen.queues["bygglov"], board="KS")
    anew = replace(alvdalen, queues={**alvdalen.queues, "bygglov": moved})

    transfer(command(old), "bygglov", "Den nya nämnden tar över.", anew, **casework.store_and_time)

    for officer, waiting in ((builder, 2), (manager, 1), (ANNA, 3)):
        [shown] = [state for state in overview(officer, anew, **casework.store_and_time) if state.code == "bygglov"]
        listed = queue_cases(officer, "bygglov", CaseFilter(), anew, sessions=casework.store.sessions).cases
        assert (shown.queued, len(listed)) == (waiting, waiting)
    assert claim_next(builder, "bygglov", anew, **casework.store_and_time)


def test_there_is_a_next_case_where_all_that_waits_is_on_hold_but_must_be_decided(casework, alvdalen):
    long_ago = NOON - timedelta(days=200)
    for handling, has_next in ((replace(a_submission().handling, deadline=PERMIT), True), (None, False)):
        case = casework.a_case(received_at=long_ago, **({"handling": handling} if handling else {}))
        put_on_hold(command(case), (NOON + timedelta(days=2)).date(), "08:00", "Väntar.", **casework.store_and_time)
        shown = state_of(ANNA, "bygglov", alvdalen, **casework.store_and_time)

        assert (shown.queued, shown.has_next) == (0, has_next)
        if has_next:
            claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time)
