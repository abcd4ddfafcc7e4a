"""A case on hold is out of the working lists, comes back by itself, and is never forgotten on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from marshmallow import ValidationError
from prometheus_client import REGISTRY
from sqlalchemy import event, update

from services.routing.actions.assign import assign
from services.routing.actions.claim import claim
from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.end_hold import end_due_holds, end_hold
from services.routing.actions.put_on_hold import HoldSchema, put_on_hold
from services.routing.actions.receive_supplement import receive_on_paper
from services.routing.actions.release import release
from services.routing.actions.reopen import reopen
from services.routing.actions.transfer import transfer
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, JournalEntry
from services.routing.holds import gauges
from services.routing.holds.models import Hold, HoldOutcome
from services.routing.queues.claim_next import claim_next
from services.routing.queues.list_cases import CaseFilter, own_cases, own_on_hold, queue_cases
from services.routing.queues.overview import state_of
from tests.builders import a_submission, received, supplemented
from tests.store.routing.casework import ANNA, ERIK, PERMIT, command, decision_data, everything, only

MORNING = datetime(2026, 12, 4, 7, 30, tzinfo=UTC)  # 08:30 in Sweden


@pytest.fixture
def numbers(casework, alvdalen):
    """Lists the case numbers of a queue."""

    def listed(queue="bygglov", **filters):
        page = queue_cases(ANNA, queue, CaseFilter(**filters), alvdalen, sessions=casework.store.sessions)
        return [each.case.number for each in page.cases]

    return listed


def on_hold(casework, case, day=4, reason="Väntar på remissvar."):
    """Put the case on hold until half past eight of a day in December."""
    put_on_hold(command(case), date(2026, 12, day), "08:30", reason, **casework.store_and_time)


def comes_back(casework, at=MORNING):
    """Let a worker look for what comes back at a time."""
    list(end_due_holds(sessions=casework.store.sessions, now=at))


def test_a_case_on_hold_is_out_of_the_working_lists_and_comes_back_by_itself(casework, claimed, numbers):
    own = {"sessions": casework.store.sessions}
    other = casework.a_case()
    on_hold(casework, claimed)

    assert numbers() == [other.number]
    assert numbers(on_hold=True) == numbers(number=claimed.number) == [claimed.number]
    assert own_cases(ANNA, **own).cases == []
    assert [each.case.id for each in own_cases(ANNA, on_hold=True, **own).cases] == [claimed.id]
    assert (own_on_hold(ANNA, **own), own_on_hold(ERIK, **own)) == (1, 0)

    comes_back(casework, MORNING - timedelta(seconds=1))
    assert len(numbers()) == 1
    comes_back(casework)

    assert set(numbers()) == {claimed.number, other.number}
    case = casework.now(claimed)
    assert (case.state, case.officer_subject, case.on_hold_until) == ("assigned", "anna", None)
    last = everything(casework.store, JournalEntry, case_id=case.id)[-1]
    assert (last.action, last.actor_name, last.data) == ("end_hold", None, {"outcome": "returned"})
    hold = only(casework.store, Hold)
    assert (hold.until, hold.begun_by, hold.ended_at, hold.outcome) == (MORNING, ANNA.name, MORNING, "returned")


def test_a_queued_case_on_hold_is_neither_counted_as_waiting_nor_claimed_next(casework, alvdalen):
    first, second = casework.a_case(), casework.a_case()
    on_hold(casework, first)

    state = state_of(ANNA, "bygglov", alvdalen, **casework.store_and_time)
    assert (state.queued, state.in_hand, state.on_hold) == (1, 0, 1)
    taken = [claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time) for _ in range(2)]
    assert [each and each.number for each in taken] == [second.number, None]


def test_what_must_be_decided_stands_first_also_on_hold(casework, alvdalen, numbers, clock):
    late = casework.a_case(handling=replace(a_submission().handling, deadline=PERMIT))
    clock.move(days=100)
    put_on_hold(command(late), date(2027, 4, 1), "08:30", "Väntar.", **casework.store_and_time)

    assert numbers() == []
    assert numbers(must_be_decided_on=date(2027, 3, 3)) == [late.number]
    assert claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time).number == late.number


def test_a_hold_survives_whatever_is_done_with_the_case_and_moves_no_last_day(casework, claimed, alvdalen):
    now = casework.store_and_time
    casework.knows(ERIK)
    due_by = casework.now(claimed).due_by
    on_hold(casework, claimed)
    for do in (
        lambda: release(command(claimed), alvdalen, **now),
        lambda: transfer(command(claimed), "gata", "Hör dit.", alvdalen, **now),
        lambda: claim(command(claimed), **now),
        lambda: assign(command(claimed), "erik", alvdalen, **now),
    ):
        do()
        assert casework.now(claimed).on_hold_until == MORNING
    assert casework.now(claimed).due_by == due_by

    decide(command(claimed), decision_data(), alvdalen, **now)
    close(command(claimed), **now)
    reopen(command(claimed), "Nytt underlag.", **now)
    assert casework.now(claimed).on_hold_until == MORNING

    comes_back(casework)
    assert (casework.now(claimed).on_hold_until, casework.now(claimed).state) == (None, "assigned")


def test_a_hold_ends_at_its_time_also_in_a_case_that_is_closed(casework, claimed, alvdalen):
    on_hold(casework, claimed)
    decide(command(claimed), decision_data(), alvdalen, **casework.store_and_time)
    close(command(claimed), **casework.store_and_time)

    comes_back(casework)

    assert (casework.now(claimed).on_hold_until, casework.now(claimed).state) == (None, "closed")


def test_an_officer_ends_a_hold_once(casework, claimed):
    on_hold(casework, claimed)

    end_hold(command(claimed), **casework.store_and_time)

    assert (casework.now(claimed).on_hold_until, only(casework.store, Hold).outcome) == (None, "ended")
    with pytest.raises(InvalidInput):
        end_hold(command(claimed), **casework.store_and_time)


def test_a_new_hold_takes_the_place_of_the_one_before(casework, claimed):
    on_hold(casework, claimed)
    on_hold(casework, claimed, day=8)

    comes_back(casework)

    assert casework.now(claimed).on_hold_until == MORNING + timedelta(days=4)
    assert sorted(each.outcome or "" for each in everything(casework.store, Hold)) == ["", HoldOutcome.REPLACED]


def test_a_supplement_that_comes_in_ends_the_hold_however_it_comes(casework, receive):
    for comes in (
        lambda case, submission: receive(supplemented(submission)),
        lambda case, _: receive_on_paper(command(case), "Ritning.", date(2026, 11, 23), **casework.store_and_time),
    ):
        submission = a_submission()
        receive(received(submission))
        case = only(casework.store, Case, submission_id=submission.submission_id)
        on_hold(casework, case)
        comes(case, submission)

        assert casework.now(case).on_hold_until is None
        assert only(casework.store, Hold, case_id=case.id).outcome == "supplemented"


def test_a_worker_that_is_killed_while_a_case_comes_back_leaves_it_to_the_next(casework, claimed):
    other = casework.a_case()
    for case in (claimed, other):
        on_hold(casework, case)
    sequences = {case.id: casework.now(case).sequence for case in (claimed, other)}
    killed: list[Any] = []

    def kill(_):
        if not killed:
            killed.append(True)
            raise KeyboardInterrupt

    event.listen(casework.store.sessions.class_, "before_commit", kill)
    try:
        with pytest.raises(KeyboardInterrupt):
            comes_back(casework)
    finally:
        event.remove(casework.store.sessions.class_, "before_commit", kill)
    assert all(casework.now(case).on_hold_until == MORNING for case in (claimed, other))

    for _ in range(2):
        comes_back(casework)

    for case in (claimed, other):
        now = casework.now(case)
        assert (now.on_hold_until, now.sequence) == (None, sequences[case.id] + 1)


def test_a_case_that_cannot_come_back_keeps_no_other_waiting_and_is_counted(casework, claimed, organisations):
    broken, newer = casework.a_case(), casework.a_case()
    for case in (broken, newer, claimed):
        on_hold(casework, case)
    with casework.store.sessions.begin() as session:
        session.execute(update(Case).where(Case.id == broken.id).values(sequence=99))
        session.execute(update(Case).where(Case.id == newer.id).values(state="suspended"))

    comes_back(casework)
    gauges.measure(casework.store.sessions, organisations, now=MORNING)

    assert [casework.now(case).on_hold_until for case in (broken, newer, claimed)] == [MORNING, MORNING, None]
    figures = [
        REGISTRY.get_sample_value(f"routing_holds_{name}", {"municipality": code})
        for name in ("waiting", "overdue")
        for code in ("2039", "2409")
    ]
    assert figures == [2, 0, 2, 0]


@pytest.mark.parametrize(
    ("day", "at", "field"),
    [
        ("2026-11-22", "09:00", "until_day"),
        ("2026-11-23", "11:59", "until_day"),
        ("2027-12-01", "09:00", "until_day"),
        ("2026-12-01", "9", "until_time"),
        ("2026-12-01", "24:00", "until_time"),
    ],
)
def test_a_case_comes_back_after_now_and_within_a_year(clock, day, at, field):
    with pytest.raises(ValidationError) as error:
        HoldSchema(clock).load({"until_day": day, "until_time": at, "reason": "Väntar."})

    assert list(error.value.messages_dict) == [field]


def test_without_a_time_a_case_comes_back_as_the_day_begins(casework, claimed, clock):
    put_on_hold(
        command(claimed),
        **HoldSchema(clock).load({"until_day": "2026-12-04", "reason": "Väntar."}),
        **casework.store_and_time,
    )

    assert casework.now(claimed).on_hold_until == datetime(2026, 12, 3, 23, 0, tzinfo=UTC)
