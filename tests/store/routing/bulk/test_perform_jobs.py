"""What is ordered for many cases is performed once with each, or fails with a reason."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.note import note
from services.routing.actions.transfer import transfer
from services.routing.bulk import bulk_command, perform_jobs
from services.routing.bulk.change_job import retry, stop
from services.routing.bulk.models import BulkCase, BulkJob
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import Action
from services.routing.decisions.models import Decision
from services.routing.models import Outbox
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, command, decision_data, everything, only


@pytest.fixture
def claimed_cases(casework):
    """Three cases that Anna has claimed."""
    cases = [casework.a_case() for _ in range(3)]
    for case in cases:
        claim(command(case), **casework.store_and_time)
    return [casework.now(case) for case in cases]


def records(casework, job):
    """How it goes with each case of the job, and why."""
    found = everything(casework.store, BulkCase, job_id=job.id)
    return [(each.progress, each.reason) for each in found]


def test_each_case_is_decided_once_with_one_event_and_the_journal_names_the_job(
    casework, claimed_cases, ordered, perform
):
    job = ordered(Action.DECIDE, decision_data(), *claimed_cases)

    perform()
    perform()

    assert records(casework, job) == [("performed", None)] * 3
    assert only(casework.store, BulkJob).finished_at == casework.clock()
    for case in claimed_cases:
        assert only(casework.store, Decision, case_id=case.id).decided_by_subject == "anna"
        assert [event.name for event in casework.published(case)].count("case.decided") == 1
        [decided] = everything(casework.store, JournalEntry, case_id=case.id, action="decide")
        assert (decided.data["bulk_job"], decided.actor_name) == (str(job.id), "Anna Andersson")


def test_a_worker_that_dies_leaves_neither_action_nor_record_of_the_case_that_it_was_at(
    casework, claimed_cases, ordered, perform, performer, monkeypatch
):
    job = ordered(Action.NOTE, {"text": "Yttrande från länsstyrelsen."}, *claimed_cases)

    class Killed(BaseException):
        """What ends the process."""

    def kill_at_the_second(session, municipality, case_id, lock=bulk_command.locked_case):
        if case_id == claimed_cases[1].id:
            raise Killed
        return lock(session, municipality, case_id)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(bulk_command, "locked_case", kill_at_the_second)
        performer.turn(threading.Event())
    assert records(casework, job) == [("performed", None), ("waiting", None), ("waiting", None)]

    perform()

    assert records(casework, job) == [("performed", None)] * 3
    notes = everything(casework.store, JournalEntry, action="note")
    assert sorted(each.case_id for each in notes) == sorted(each.id for each in claimed_cases)


def test_several_workers_perform_one_job_and_no_case_twice(casework, ordered, performer):
    cases = [casework.a_case() for _ in range(12)]
    job = ordered(Action.NOTE, {"text": "Yttrande."}, *cases)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: [performer.turn(threading.Event()) for _ in range(3)], range(4)))

    assert records(casework, job) == [("performed", None)] * 12
    assert len(everything(casework.store, JournalEntry, action="note")) == 12
    assert only(casework.store, BulkJob).finished_at


def test_each_failure_has_its_reason_and_the_others_are_performed(casework, claimed_cases, ordered, perform, alvdalen):
    changed, in_the_queue, performed = claimed_cases
    waiting = casework.a_case()
    job = ordered(Action.TRANSFER, {"queue": "gata", "reason": "Gäller vägen."}, *claimed_cases, waiting)
    note(command(changed), "Ringde.", **casework.store_and_time)
    transfer(command(in_the_queue), "gata", "Först.", alvdalen, **casework.store_and_time)

    perform()

    assert records(casework, job) == [
        ("failed", "changed"),
        ("failed", "changed"),
        ("performed", None),
        ("performed", None),
    ]
    assert casework.now(performed).queue == "gata"

    retry(ANNA, job.id, **casework.store_and_time)
    perform()

    assert records(casework, job) == [
        ("performed", None),
        ("failed", "invalid"),
        ("performed", None),
        ("performed", None),
    ]
    record = everything(casework.store, BulkCase, job_id=job.id)[1]
    assert record.detail == {"errors": {"queue": "The case is in that queue already."}}
    assert casework.now(changed).queue == "gata"


def test_what_the_state_does_not_allow_fails_with_the_state(casework, claimed_cases, ordered, perform):
    job = ordered(Action.CLAIM, {}, claimed_cases[0], casework.a_case())

    perform()

    assert records(casework, job) == [("failed", "not_allowed"), ("performed", None)]
    assert everything(casework.store, BulkCase, job_id=job.id)[0].detail == {"state": "assigned"}


def test_an_action_that_needs_no_version_is_performed_on_a_case_that_has_changed(
    casework, claimed_cases, ordered, perform
):
    job = ordered(Action.NOTE, {"text": "Yttrande."}, claimed_cases[0])
    note(command(claimed_cases[0]), "Ringde.", **casework.store_and_time)

    perform()

    assert records(casework, job) == [("performed", None)]


def test_the_officers_rights_are_those_at_the_time(casework, ordered, perform, alvdalen):
    moved, protected = casework.a_case(eservice="felanmalan"), casework.a_case(eservice="felanmalan")
    job = ordered(Action.NOTE, {"text": "Yttrande."}, moved, protected, officer=ERIK)
    with casework.store.sessions.begin() as session:
        for case, (board, hidden) in zip((moved, protected), (("BN", False), ("TN", True)), strict=True):
            now = session.get(type(case), case.id)
            now.board, now.protected = board, hidden

    perform()

    assert records(casework, job) == [("failed", "not_found")] * 2
    assert everything(casework.store, JournalEntry, action="note") == []


def test_rights_that_are_over_are_renewed_by_trying_again(casework, claimed_cases, ordered, perform):
    job = ordered(Action.NOTE, {"text": "Yttrande."}, claimed_cases[0])
    casework.clock.move(hours=10)

    perform()
    assert records(casework, job) == [("failed", "rights_over")]

    retry(ANNA, job.id, **casework.store_and_time)
    perform()
    assert records(casework, job) == [("performed", None)]


def test_what_is_no_longer_right_to_request_fails_with_each_case(casework, claimed_cases, ordered, perform):
    request = {"reason": "Många ansökningar.", "expected_on": NOON.date().isoformat()}
    job = ordered(Action.REPORT_DELAY, request, *claimed_cases[:1])
    with casework.store.sessions.begin() as session:
        session.get(BulkJob, job.id).rights_until = NOON + timedelta(days=2)
    casework.clock.move(days=1)

    perform()

    assert records(casework, job) == [("failed", "invalid")]


def test_what_nobody_foresaw_fails_with_its_case_alone_and_is_logged(
    casework, claimed_cases, ordered, perform, monkeypatch
):
    def fail_at_the_first(session, municipality, case_id, lock=bulk_command.locked_case):
        if case_id == claimed_cases[0].id:
            raise ZeroDivisionError
        return lock(session, municipality, case_id)

    monkeypatch.setattr(bulk_command, "locked_case", fail_at_the_first)
    job = ordered(Action.NOTE, {"text": "Yttrande."}, *claimed_cases[:2])

    perform()

    assert records(casework, job) == [("failed", "unexpected"), ("performed", None)]


def test_a_job_that_is_stopped_is_gone_on_with_when_it_is_tried_again(casework, claimed_cases, ordered, perform):
    job = ordered(Action.NOTE, {"text": "Yttrande."}, *claimed_cases)

    stop(ANNA, job.id, **casework.store_and_time)
    perform()
    assert records(casework, job) == [("stopped", None)] * 3
    assert only(casework.store, BulkJob).finished_at

    retry(ANNA, job.id, **casework.store_and_time)
    perform()
    assert records(casework, job) == [("performed", None)] * 3


def test_a_small_job_does_not_wait_for_a_large_one_and_a_stopping_worker_stops_between_two_cases(
    casework, claimed_cases, ordered, performer, monkeypatch
):
    monkeypatch.setattr(perform_jobs, "SLICE", 1)
    large = ordered(Action.NOTE, {"text": "Stor."}, *claimed_cases)
    small = ordered(Action.NOTE, {"text": "Liten."}, claimed_cases[0])
    stopping = threading.Event()
    stopping.set()

    performer.turn(stopping)
    assert records(casework, large) == [("waiting", None)] * 3
    performer.turn(threading.Event())

    assert records(casework, large) == [("performed", None), ("waiting", None), ("waiting", None)]
    assert records(casework, small) == [("performed", None)]


def test_an_action_that_only_a_newer_version_knows_waits_for_it(casework, claimed_cases, ordered, perform):
    job = ordered(Action.NOTE, {"text": "Yttrande."}, claimed_cases[0])
    with casework.store.sessions.begin() as session:
        session.get(BulkJob, job.id).action = "archive"

    perform()

    assert records(casework, job) == [("waiting", None)]
    assert only(casework.store, BulkJob).finished_at is None


def test_no_event_is_published_of_what_failed(casework, claimed_cases, ordered, perform):
    before = len(everything(casework.store, Outbox))
    ordered(Action.DECIDE, decision_data(outcome="finns-inte"), *claimed_cases)

    perform()

    assert len(everything(casework.store, Outbox)) == before
    assert [casework.now(case).state for case in claimed_cases] == ["assigned"] * 3


def test_an_officer_of_another_municipality_reaches_no_case(casework, claimed_cases, ordered, perform):
    job = ordered(Action.NOTE, {"text": "Yttrande."}, claimed_cases[0], officer=replace(ANNA, municipality="2409"))

    perform()

    assert records(casework, job) == [("failed", "not_found")]
