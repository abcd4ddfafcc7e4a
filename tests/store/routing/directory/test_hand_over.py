"""Handing over what an officer has: each case once, counted, and those that cannot go named."""

from dataclasses import replace
from datetime import date

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete, update

from services.routing.actions.assign import assign
from services.routing.actions.decide import decide
from services.routing.actions.declare_conflict import declare_conflict
from services.routing.actions.transfer import transfer
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, JournalEntry
from services.routing.directory import gauges
from services.routing.directory import hand_over as handing
from services.routing.directory.absences import AbsenceRequest, NotYours, enter_absence
from services.routing.directory.hand_over import HandOverNotFound, HandOverRequest, begin, carry_on_all, preview
from services.routing.directory.models import HandOver, KnownOfficer, OfficerBoard
from services.routing.organisation.officers import Officer
from services.routing.subtasks.models import Subtask
from services.routing.subtasks.subtasks import add, finish
from shared.idempotency import KeyReused
from tests.store.routing.casework import ANNA, ERIK, EVA, command, decision_data, everything

LEADER = replace(ANNA, subject="lena", name="Lena Lind", leads=True)
BOTH = Officer("bo", "Bo Berg", "2039", frozenset({"BN", "TN"}))


@pytest.fixture
def ids(casework):
    """Bo of both boards, Eva of BN, Erik of TN and Lena of all, by subject."""
    return dict(zip(("bo", "eva", "erik", "lena"), casework.knows(BOTH, EVA, ERIK, LEADER), strict=True))


@pytest.fixture
def cases(casework, alvdalen, ids):
    """Three of Bo's: two building permits, and one that has been moved to the street office."""
    made = [casework.a_case() for _ in range(3)]
    transfer(command(made[2]), "gata", "Hör dit.", alvdalen, **casework.store_and_time)
    for each in made:
        assign(command(each), "bo", alvdalen, **casework.store_and_time)
    return made


def officers_of(casework):
    """Who has each case, by number."""
    return {case.number[-1]: case.officer_subject for case in everything(casework.store, Case)}


def test_all_that_an_officer_has_goes_to_another_with_an_entry_each(casework, alvdalen, ids, cases):
    done = begin(LEADER, ids["bo"], HandOverRequest(ids["lena"]), alvdalen, **casework.store_and_time)

    assert (done.total, done.handed, done.ended_at) == (3, 3, casework.clock())
    assert officers_of(casework) == {"1": "lena", "2": "lena", "3": "lena"}
    entries = [everything(casework.store, JournalEntry, case_id=case.id)[-1] for case in cases]
    assert {(each.action, each.actor_name, each.data["from"], each.data["officer"]) for each in entries} == {
        ("assign", "Lena Lind", "Bo Berg", "Lena Lind")
    }


def test_what_the_new_officer_may_not_have_stays_and_is_named_and_the_preview_foretells_it(
    casework, alvdalen, ids, cases
):
    declare_conflict(command(cases[1], EVA), "Min bror söker.", alvdalen, **casework.store_and_time)
    requested = HandOverRequest(ids["eva"])

    foretold = preview(BOTH, ids["bo"], requested, alvdalen, **casework.store_and_time)
    done = begin(BOTH, ids["bo"], requested, alvdalen, **casework.store_and_time)

    assert (foretold.queues, foretold.total, foretold.not_taken) == ([("bygglov", 2), ("gata", 1)], 3, 2)
    assert (done.total, done.handed, done.ended_at is not None) == (3, 1, True)
    _, failures = handing.shown_hand_over(BOTH, done.id, sessions=casework.store.sessions)
    assert [(each.number[-1], each.reason) for each in failures] == [("2", "not_taken"), ("3", "not_taken")]
    assert officers_of(casework) == {"1": "eva", "2": "bo", "3": "bo"}
    with pytest.raises(HandOverNotFound):
        handing.shown_hand_over(LEADER, done.id, sessions=casework.store.sessions)


def test_the_cases_of_chosen_queues_go_back_to_them(casework, alvdalen, ids, cases):
    done = begin(BOTH, ids["bo"], HandOverRequest(None, ["gata"]), alvdalen, **casework.store_and_time)

    assert (done.total, done.handed) == (1, 1)
    assert officers_of(casework) == {"1": "bo", "2": "bo", "3": None}


def test_of_many_the_worker_goes_on_where_it_was_interrupted_and_each_goes_once(
    casework, alvdalen, ids, cases, monkeypatch
):
    monkeypatch.setattr(handing, "IN_REQUEST", 1)
    monkeypatch.setattr(handing, "BATCH", 2)
    begun = begin(LEADER, ids["bo"], HandOverRequest(ids["lena"]), alvdalen, **casework.store_and_time)
    assert (begun.handed, begun.ended_at) == (0, None)

    perform = handing.perform

    def killed_after_one(*arguments, **named):
        perform(*arguments, **named)
        raise SystemExit

    monkeypatch.setattr(handing, "perform", killed_after_one)
    work = {"sessions": casework.store.sessions, "clock": casework.clock}
    with pytest.raises(SystemExit):
        list(carry_on_all({"2039": alvdalen}, **work))
    monkeypatch.setattr(handing, "perform", perform)
    list(carry_on_all({"2039": alvdalen}, **work))
    list(carry_on_all({"2039": alvdalen}, **work))

    found, failures = handing.shown_hand_over(LEADER, begun.id, sessions=casework.store.sessions)
    assert (found.handed, found.ended_at is not None, failures) == (3, True, [])
    entries = [entry for entry in everything(casework.store, JournalEntry) if entry.data.get("hand_over")]
    assert len(entries) == len({entry.case_id for entry in entries}) == 3


def test_a_hand_over_that_fails_keeps_no_other_waiting_and_the_worker_reports_it(
    casework, alvdalen, ids, cases, monkeypatch
):
    monkeypatch.setattr(handing, "IN_REQUEST", 0)
    begin(LEADER, ids["eva"], HandOverRequest(ids["lena"]), alvdalen, **casework.store_and_time)
    with casework.store.sessions.begin() as session:
        session.execute(update(HandOver).values(by={}, total=1, ended_at=None))
    good = begin(LEADER, ids["bo"], HandOverRequest(ids["lena"]), alvdalen, **casework.store_and_time)

    with pytest.raises(KeyError):
        list(carry_on_all({"2039": alvdalen}, sessions=casework.store.sessions, clock=casework.clock))

    found, _ = handing.shown_hand_over(LEADER, good.id, sessions=casework.store.sessions)
    assert (found.handed, found.ended_at is not None) == (3, True)


def test_how_long_a_hand_over_has_been_under_way_is_measured(casework, alvdalen, ids, cases, monkeypatch):
    monkeypatch.setattr(handing, "IN_REQUEST", 1)
    begin(LEADER, ids["bo"], HandOverRequest(ids["lena"]), alvdalen, **casework.store_and_time)
    casework.clock.move(minutes=20)

    def measured():
        gauges.measure(casework.store.sessions, ["2039", "2409"], now=casework.clock())
        name = "routing_hand_overs_oldest_seconds"
        return [REGISTRY.get_sample_value(name, {"municipality": code}) for code in ("2039", "2409")]

    assert measured() == [1200, 0]
    for _ in range(2):
        list(carry_on_all({"2039": alvdalen}, sessions=casework.store.sessions, clock=casework.clock))
    assert measured() == [0, 0]


def test_only_cases_that_the_requester_sees_go(casework, alvdalen, ids, cases):
    leader_of_one = replace(LEADER, boards=frozenset({"BN"}))

    done = begin(leader_of_one, ids["bo"], HandOverRequest(ids["eva"]), alvdalen, **casework.store_and_time)

    assert (done.total, done.handed) == (2, 2)
    assert officers_of(casework) == {"1": "eva", "2": "eva", "3": "bo"}


@pytest.fixture
def subtasks(casework, alvdalen, cases):
    """Bo's sub-tasks: of each of his cases, of one that Lena has, of one that nobody has; and one that is finished."""
    lenas, waiting = casework.a_case(), casework.a_case()
    assign(command(lenas), "lena", alvdalen, **casework.store_and_time)
    for each in (*cases, lenas, waiting):
        add(ANNA, each.id, "Mät.", assignee_subject="bo", organisation=alvdalen, **casework.store_and_time)
    finished = add(ANNA, lenas.id, "Ring.", assignee_subject="bo", organisation=alvdalen, **casework.store_and_time)
    finish(ANNA, finished.id, **casework.store_and_time)


def subtasks_by_case(casework):
    """Who has each open sub-task, by the last figure of its case's number."""
    numbers = {case.id: case.number[-1] for case in everything(casework.store, Case)}
    found = everything(casework.store, Subtask, finished_at=None)
    return {numbers[each.case_id]: (each.assignee_subject, each.assignee_name) for each in found}


BO, HAS_EVA, HAS_LENA = ("bo", "Bo Berg"), ("eva", "Eva Ek"), ("lena", "Lena Lind")


@pytest.mark.parametrize(
    ("requester", "to", "queues", "foretold", "after"),
    [
        pytest.param(LEADER, "lena", None, (5, 0), [HAS_LENA] * 5, id="all of them, of others' cases too"),
        pytest.param(BOTH, "eva", None, (5, 2), [HAS_EVA, BO, BO, HAS_EVA, HAS_EVA], id="to who may see the case"),
        pytest.param(LEADER, "lena", ["gata"], (1, 0), [BO, BO, HAS_LENA, BO, BO], id="of the chosen queues"),
        pytest.param(BOTH, None, None, (5, 4), [BO, BO, BO, HAS_LENA, BO], id="without receiver to who has the case"),
        pytest.param(
            replace(LEADER, boards=frozenset({"TN"})),
            "erik",
            None,
            (1, 0),
            [BO, BO, ("erik", ERIK.name), BO, BO],
            id="of cases that the requester sees",
        ),
    ],
)
def test_open_sub_tasks_go_along_and_the_preview_foretells_it(
    casework, alvdalen, ids, cases, subtasks, requester, to, queues, foretold, after
):
    declare_conflict(command(cases[1], EVA), "Min bror söker.", alvdalen, **casework.store_and_time)
    requested = HandOverRequest(ids[to] if to else None, queues)

    shown = preview(requester, ids["bo"], requested, alvdalen, **casework.store_and_time)
    done = begin(requester, ids["bo"], requested, alvdalen, **casework.store_and_time)

    assert (shown.subtasks, shown.subtasks_not_taken) == foretold
    assert (done.subtasks, done.subtasks_not_taken) == (foretold[0] - foretold[1], foretold[1])
    assert [each for _, each in sorted(subtasks_by_case(casework).items())] == after
    handed_on = [each for each in everything(casework.store, Subtask) if each.handed_on_by]
    assert len(handed_on) == done.subtasks
    assert {(each.created_by, each.handed_on_by, each.handed_on_from) for each in handed_on} == {
        (ANNA.name, requester.name, BOTH.name)
    }


def test_what_stays_as_the_new_officer_has_left_the_directory_is_counted_and_named(
    casework, alvdalen, ids, cases, subtasks, monkeypatch
):
    monkeypatch.setattr(handing, "IN_REQUEST", 0)
    begun = begin(LEADER, ids["bo"], HandOverRequest(ids["eva"]), alvdalen, **casework.store_and_time)
    assert (begun.subtasks, begun.subtasks_not_taken, begun.receiver_gone) == (None, None, False)
    with casework.store.sessions.begin() as session:
        session.execute(delete(OfficerBoard).where(OfficerBoard.officer_id == ids["eva"]))
        session.execute(delete(KnownOfficer).where(KnownOfficer.id == ids["eva"]))
    for _ in range(2):
        list(carry_on_all({"2039": alvdalen}, sessions=casework.store.sessions, clock=casework.clock))

    done, failures = handing.shown_hand_over(LEADER, begun.id, sessions=casework.store.sessions)
    assert done.ended_at
    assert (done.subtasks, done.subtasks_not_taken, done.receiver_gone) == (0, 5, True)
    assert {each.reason for each in failures} == {"receiver_gone"}
    assert set(subtasks_by_case(casework).values()) == {BO}


def test_without_a_receiver_a_sub_task_goes_to_who_decided_the_case_unless_they_have_declared_a_conflict(
    casework, alvdalen, ids
):
    decided, partial = casework.a_case(), casework.a_case()
    for each in (decided, partial):
        assign(command(each), "eva", alvdalen, **casework.store_and_time)
        add(ANNA, each.id, "Arkivera.", assignee_subject="bo", organisation=alvdalen, **casework.store_and_time)
        decide(command(each, EVA), decision_data(), alvdalen, **casework.store_and_time)
    declare_conflict(command(partial, EVA), "Min bror söker.", alvdalen, **casework.store_and_time)

    shown = preview(BOTH, ids["bo"], HandOverRequest(None), alvdalen, **casework.store_and_time)
    begin(BOTH, ids["bo"], HandOverRequest(None), alvdalen, **casework.store_and_time)

    assert (shown.subtasks, shown.subtasks_not_taken) == (2, 1)
    assert subtasks_by_case(casework) == {"1": HAS_EVA, "2": BO}


def test_who_has_sub_tasks_alone_hands_these_over(casework, alvdalen, ids):
    case = casework.a_case()
    add(ANNA, case.id, "Mät.", assignee_subject="bo", organisation=alvdalen, **casework.store_and_time)

    done = begin(BOTH, ids["bo"], HandOverRequest(ids["eva"]), alvdalen, **casework.store_and_time)

    assert (done.total, done.ended_at is not None) == (0, True)
    assert subtasks_by_case(casework) == {"1": HAS_EVA}


def test_a_preview_names_that_cases_of_other_boards_may_remain_whether_or_not_there_are_any(casework, alvdalen, ids):
    def may_remain(requester, to=None):
        requested = HandOverRequest(to)
        return preview(requester, ids["bo"], requested, alvdalen, **casework.store_and_time).others_may_remain

    leader_of_one = replace(LEADER, boards=frozenset({"BN"}))
    assert [may_remain(each) for each in (leader_of_one, LEADER, BOTH)] == [True, False, False]
    assert may_remain(leader_of_one, ids["eva"])


def test_it_is_for_the_officer_their_deputy_of_today_and_leaders(casework, alvdalen, ids, cases):
    requested = HandOverRequest(ids["eva"])
    with pytest.raises(NotYours):
        preview(EVA, ids["bo"], requested, alvdalen, **casework.store_and_time)

    away = AbsenceRequest(date(2026, 11, 23), None, ids["eva"])
    enter_absence(BOTH, ids["bo"], away, **casework.store_and_time)

    assert begin(EVA, ids["bo"], requested, alvdalen, **casework.store_and_time).handed == 2


def test_nobody_gets_their_own_cases_and_a_key_is_used_once(casework, alvdalen, ids, cases):
    with pytest.raises(InvalidInput, match="to"):
        begin(BOTH, ids["bo"], HandOverRequest(ids["bo"]), alvdalen, **casework.store_and_time)
    first = begin(BOTH, ids["bo"], HandOverRequest(None), alvdalen, key="k", **casework.store_and_time)
    again = begin(BOTH, ids["bo"], HandOverRequest(None), alvdalen, key="k", **casework.store_and_time)

    assert (again.id, again.total) == (first.id, 3)
    with pytest.raises(KeyReused):
        begin(BOTH, ids["bo"], HandOverRequest(ids["eva"]), alvdalen, key="k", **casework.store_and_time)
