"""An order that is sent twice is one job; an officer has so many at most, and reaches no other's."""

from dataclasses import replace

import pytest

from services.routing.bulk import change_job, order
from services.routing.bulk.gauges import IDLE, WAITING, measure
from services.routing.bulk.job_state import JobNotFound, failed_page, job_page, job_state
from services.routing.bulk.models import BulkCase, BulkJob
from services.routing.bulk.order import Order, TooManyJobs, ordered_before
from services.routing.cases.state_machine import Action
from shared.idempotency import KeyReused
from tests.store.routing.casework import ANNA, ERIK, everything

NOTE = {"text": "Yttrande."}


def test_an_order_that_is_sent_twice_is_one_job(casework, ordered):
    case = casework.a_case()

    first = ordered(Action.NOTE, NOTE, case, key="k", sent="these")
    again = ordered(Action.NOTE, NOTE, case, key="k", sent="these")

    assert first.id == again.id
    assert len(everything(casework.store, BulkCase)) == 1
    with pytest.raises(KeyReused):
        ordered(Action.NOTE, NOTE, case, key="k", sent="others")
    known = ordered_before(Order(ANNA, Action.NOTE, NOTE, "k", "these"), sessions=casework.store.sessions)
    assert known.id == first.id


def test_an_officer_has_so_many_unfinished_jobs_at_most(casework, ordered, perform, monkeypatch):
    monkeypatch.setattr(order, "MOST_JOBS", 1)
    case = casework.a_case()
    ordered(Action.NOTE, NOTE, case)

    with pytest.raises(TooManyJobs):
        ordered(Action.NOTE, NOTE, case)
    ordered(Action.NOTE, NOTE, case, officer=replace(ANNA, subject="eva"))
    perform()
    ordered(Action.NOTE, NOTE, case)


def test_nobody_reaches_the_job_of_another(casework, ordered):
    job = ordered(Action.NOTE, NOTE, casework.a_case())
    store = {"sessions": casework.store.sessions}

    for reach in (job_state, failed_page):
        with pytest.raises(JobNotFound):
            reach(ERIK, job.id, **store)
    for change in (change_job.retry, change_job.stop):
        with pytest.raises(JobNotFound):
            change(ERIK, job.id, **casework.store_and_time)
    assert job_page(ERIK, **store).jobs == []


def test_jobs_are_listed_the_latest_first_page_by_page_with_how_they_stand(casework, ordered, perform):
    case, store = casework.a_case(), {"sessions": casework.store.sessions}
    first = ordered(Action.CLAIM, {}, case)
    perform()
    casework.clock.move(minutes=1)
    second = ordered(Action.CLAIM, {}, case)
    perform()

    page = job_page(ANNA, limit=1, **store)
    rest = job_page(ANNA, limit=1, after=page.next, **store)

    assert [(state.job.id, state.performed, state.failed) for state in page.jobs] == [(second.id, 0, 1)]
    assert [(state.job.id, state.performed, state.failed) for state in rest.jobs] == [(first.id, 1, 0)]
    assert rest.next is None


def test_what_failed_is_listed_page_by_page_and_of_a_case_no_longer_seen_nothing_is_shown(casework, ordered, perform):
    cases = [casework.a_case() for _ in range(3)]
    job = ordered(Action.CLOSE, {}, *cases)
    perform()
    with casework.store.sessions.begin() as session:
        session.get(type(cases[1]), cases[1].id).protected = True

    page = failed_page(ANNA, job.id, limit=2, sessions=casework.store.sessions)
    rest = failed_page(ANNA, job.id, after=page.next, sessions=casework.store.sessions)

    shown = [each.listed and each.listed.case.number for each in (*page.cases, *rest.cases)]
    assert shown == [cases[0].number, None, cases[2].number]
    assert rest.next is None


def test_what_waits_and_how_long_a_job_has_stood_still_is_measured(casework, ordered, perform):
    def measured(gauge, code="2039"):
        measure(casework.store.sessions, ["2039", "2409"], now=casework.clock())
        return gauge.labels(code)._value.get()

    ordered(Action.NOTE, NOTE, casework.a_case(), casework.a_case())
    casework.clock.move(minutes=6)
    ordered(Action.NOTE, NOTE, casework.a_case())

    assert (measured(WAITING), measured(WAITING, "2409")) == (3, 0)
    assert (measured(IDLE), measured(IDLE, "2409")) == (360, 0)

    perform()
    assert (measured(WAITING), measured(IDLE)) == (0, 0)
    assert [job.finished_at for job in everything(casework.store, BulkJob)] == [casework.clock()] * 2
