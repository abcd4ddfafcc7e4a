"""What is new for an officer in their cases, until they have seen it; and behind the walls of the boards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions.assign import assign
from services.routing.actions.claim import claim
from services.routing.actions.note import note
from services.routing.actions.release import release
from services.routing.actions.transfer import transfer
from services.routing.cases.errors import CaseNotFound
from services.routing.updates.in_cases import new_in_cases
from services.routing.updates.record import record_last_days
from services.routing.updates.unseen import see_all, see_case, see_case_that_may_be_seen, unseen
from services.routing.watchers.watchers import watch
from tests.builders import NOON, a_submission, supplemented
from tests.store.routing.casework import ANNA, ERIK, command, handling_with_deadline
from tests.store.routing.notifications import failed

EVA = replace(ANNA, subject="eva", name="Eva Ek")


@pytest.fixture
def new(casework):
    """What is new for an officer, the latest first."""

    def actions(officer=ANNA):
        return [each.action or each.due_on for each in unseen(officer, sessions=casework.store.sessions).items]

    return actions


def test_what_others_do_with_an_officers_case_is_new_and_what_they_do_themselves_is_not(casework, claimed, new):
    note(command(claimed), "Min egen.", **casework.store_and_time)
    note(command(claimed, EVA), "Evas.", **casework.store_and_time)

    assert new() == ["note"]
    assert new(EVA) == []


def test_a_supplement_and_a_notification_that_did_not_arrive_are_new(casework, receive, new):
    submission = a_submission()
    case = casework.a_case(submission_id=submission.submission_id)
    claim(command(case), **casework.store_and_time)

    receive(supplemented(submission), failed(submission))

    assert new() == ["delivery_failed", "receive_supplement"]


def test_a_case_that_is_given_is_new_for_both_who_had_it_and_who_gets_it(casework, claimed, alvdalen):
    ulla = replace(ANNA, subject="ulla", name="Ulla Ulv")
    casework.knows(ulla)
    assign(command(claimed, EVA), ulla.subject, alvdalen, **casework.store_and_time)

    [item] = unseen(ulla, sessions=casework.store.sessions).items
    assert (item.is_given, item.actor_name) == (True, "Eva Ek")
    [item] = unseen(ANNA, sessions=casework.store.sessions).items
    assert (item.action, item.is_given) == ("assign", False)


def test_a_case_that_a_colleague_puts_back_is_new_for_who_had_it(casework, claimed, new, alvdalen):
    release(command(claimed, EVA), alvdalen, **casework.store_and_time)

    assert new() == ["release"]


def test_what_an_officer_had_before_them_is_new_no_more_and_what_came_later_is(casework, claimed, new):
    first = note(command(claimed, EVA), "Ett.", **casework.store_and_time)
    note(command(claimed, EVA), "Två.", **casework.store_and_time)

    assert see_case(ANNA, claimed.id, first.sequence, **casework.store_and_time) == {first.sequence}
    assert new() == ["note"]
    assert see_case(EVA, claimed.id, first.sequence, **casework.store_and_time) == frozenset()
    see_all(ANNA, NOON - timedelta(minutes=1), **casework.store_and_time)
    assert new() == ["note"]
    see_all(ANNA, NOON, **casework.store_and_time)
    assert new() == []


def test_a_case_that_has_left_the_officers_boards_is_neither_listed_nor_counted_nor_seen(casework, claimed, alvdalen):
    of_board = replace(ANNA, boards=frozenset({"BN"}))
    note(command(claimed, EVA), "Ett.", **casework.store_and_time)
    transfer(command(claimed, EVA), "gata", "Hör dit.", alvdalen, **casework.store_and_time)

    found = unseen(of_board, sessions=casework.store.sessions)
    assert (found.items, new_in_cases(of_board, found, sessions=casework.store.sessions)) == ([], [])
    with pytest.raises(CaseNotFound):
        see_case_that_may_be_seen(of_board, claimed.id, 9, **casework.store_and_time)


def test_a_last_day_is_new_once_when_it_is_near_for_whoever_has_the_case_then(casework, new, alvdalen):
    case = casework.a_case(handling=handling_with_deadline(10))
    claim(command(case), **casework.store_and_time)

    def look_for_days(days):
        casework.clock.move(days=days)
        for _ in range(2):
            record_last_days(["2039"], **casework.store_and_time)

    look_for_days(3)
    assert new() == []
    look_for_days(6)
    assert new() == [casework.now(case).due_by]
    see_case(ANNA, case.id, 99, **casework.store_and_time)
    look_for_days(1)
    assert new() == []
    casework.knows(EVA)
    assign(command(case), EVA.subject, alvdalen, **casework.store_and_time)
    look_for_days(0)
    assert new(EVA) == [casework.now(case).due_by, "assign"]


def test_the_cases_with_something_new_are_listed_the_latest_first(casework, claimed):
    other = casework.a_case()
    claim(command(other), **casework.store_and_time)
    for case in (claimed, other, claimed):
        casework.clock.move(minutes=1)
        note(command(case, EVA), "Ny.", **casework.store_and_time)

    found = unseen(ANNA, sessions=casework.store.sessions)
    listed = new_in_cases(ANNA, found, sessions=casework.store.sessions)

    assert [(each.listed.case.id, len(each.items)) for each in listed] == [(claimed.id, 2), (other.id, 1)]
    assert unseen(ERIK, sessions=casework.store.sessions).items == []


def test_what_is_new_is_counted_by_whose_cases_it_is_in(casework, claimed):
    followed = casework.a_case()
    watch(ANNA, followed.id, **casework.store_and_time)
    for case in (claimed, claimed, followed):
        note(command(case, EVA), "Evas.", **casework.store_and_time)

    assert unseen(ANNA, sessions=casework.store.sessions).counted == (1, 1)
