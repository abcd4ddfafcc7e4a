"""Supplements, requested and received."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

from services.routing.actions.claim import claim
from services.routing.actions.receive_supplement import receive_on_paper
from services.routing.actions.request_supplement import request_supplement
from services.routing.cases import journal
from services.routing.cases.models import Case, JournalEntry
from services.routing.supplements.models import SupplementRequest
from shared.events.routing import CaseSupplemented, CaseSupplementRequested
from tests.builders import a_submission, received, supplemented
from tests.store.routing.casework import command, everything, only
from tests.stores import statements


def test_a_supplement_is_requested_and_sent(casework, receive):
    submission = a_submission()
    receive(received(submission))
    case = only(casework.store, Case)
    claim(command(case), **casework.store_and_time)

    request_supplement(command(case), "Situationsplan saknas.", date(2026, 12, 7), **casework.store_and_time)
    requested = casework.now(case)
    receive(supplemented(submission))
    answered = casework.now(case)

    assert (requested.state, requested.answer_by) == ("awaiting_supplement", date(2026, 12, 7))
    assert (answered.state, answered.answer_by, answered.officer_subject) == ("assigned", None, "anna")
    assert CaseSupplementRequested.open(casework.published(case)[-2]).answer_by == date(2026, 12, 7)
    assert casework.published(case)[-1].name == "case.supplemented"
    last = everything(casework.store, JournalEntry, case_id=case.id)[-1]
    assert (last.action, last.data["text"]) == ("receive_supplement", "Här kommer ritningen.")


def test_a_supplement_by_post_is_entered_with_the_day_that_it_came(casework, claimed):
    request_supplement(command(claimed), "Mer behövs.", date(2026, 12, 7), **casework.store_and_time)

    receive_on_paper(command(claimed), "Ritning i A3.", date(2026, 11, 23), **casework.store_and_time)

    assert casework.now(claimed).state == "assigned"
    assert everything(casework.store, JournalEntry, case_id=claimed.id)[-1].data["received_on"] == "2026-11-23"


def test_a_late_supplement_answers_only_the_requests_before_it(casework, receive):
    submission = a_submission()
    receive(received(submission))
    case = only(casework.store, Case)
    claim(command(case), **casework.store_and_time)
    request_supplement(command(case), "Ritning.", date(2026, 12, 7), **casework.store_and_time)
    casework.clock.move(days=1)
    sent = supplemented(submission, at=casework.clock())
    casework.clock.move(days=1)
    request_supplement(command(case), "Situationsplan.", date(2026, 12, 14), **casework.store_and_time)

    receive(sent)

    first, second = sorted(everything(casework.store, SupplementRequest), key=lambda each: each.requested_at)
    assert (first.outcome, second.ended_at) == ("answered", None)
    now = casework.now(case)
    assert (now.state, now.answer_by) == ("awaiting_supplement", date(2026, 12, 14))
    assert CaseSupplemented.open(casework.published(case)[-1]).answered == [first.id]


def test_a_request_keeps_what_was_asked_by_whom_and_when(casework, claimed):
    request_supplement(command(claimed), "Mer behövs.", date(2026, 12, 7), **casework.store_and_time)

    request = only(casework.store, SupplementRequest, case_id=claimed.id)
    assert (request.text, request.answer_by) == ("Mer behövs.", date(2026, 12, 7))
    assert (request.requested_by_subject, request.requested_by) == ("anna", "Anna Andersson")
    assert request.requested_at == casework.clock()
    published = CaseSupplementRequested.open(casework.published(claimed)[-1])
    assert published.key == request.id


def test_a_supplement_comes_into_the_case_whatever_its_state(casework, receive):
    submission = a_submission()
    receive(received(submission))
    case = only(casework.store, Case)

    receive(supplemented(submission))
    assert casework.now(case).state == "queued"

    claim(command(case), **casework.store_and_time)
    receive(replace(supplemented(submission), id=uuid4()))
    assert (casework.now(case).state, casework.now(case).sequence) == ("assigned", 5)


def test_a_batch_of_supplements_takes_as_few_statements_as_one_and_its_journals_hold(store, receive_together):
    submissions = [a_submission() for _ in range(30)]
    receive_together(*map(received, submissions))
    counts = []

    for some in (submissions[:1], submissions):
        with statements(store.engine) as texts:
            receive_together(*(supplemented(each) for each in [*some, some[0]]))
        counts.append(len(texts))

    if store.engine.dialect.name == "postgresql":
        assert counts == [10, 10]
    for case in everything(store, Case):
        entries = everything(store, JournalEntry, case_id=case.id)
        assert journal.broken_at(entries, case.sequence) is None
    assert sum(case.sequence for case in everything(store, Case)) == 30 * 2 + 2 + 31


def test_what_each_supplement_of_a_batch_leads_to_stays_in_its_trace(store, casework, receive_together):
    submissions = [a_submission(), a_submission()]
    receive_together(*map(received, submissions))
    events = [supplemented(each) for each in submissions]

    receive_together(*events)

    for event, submission in zip(events, submissions, strict=True):
        case = only(store, Case, submission_id=submission.submission_id)
        assert casework.published(case)[-1].traceparent[:35] == event.traceparent[:35]
