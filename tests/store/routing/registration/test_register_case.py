"""A received submission becomes one case, numbered, routed, and published."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event

from services.routing.cases import journal
from services.routing.cases.errors import CaseNotKnownYet
from services.routing.cases.models import Case, JournalEntry, SubmissionCopy
from services.routing.context import UnknownMunicipality
from services.routing.deadlines.clock import clock_of
from services.routing.models import Outbox
from services.routing.organisation.organisation import Organisation
from services.routing.registration.register_case import register
from services.routing.rules.rules import Priority, Rule
from shared.conditions.condition import Condition, Group, Grouping
from shared.events.envelope import Event
from shared.events.intake import ArrivalChannel, Deadline
from shared.events.routing import CaseQueued, CaseRegistered
from shared.swedish.time import local_date
from tests.builders import NOON, a_submission, an_arrival, opened, received, supplemented
from tests.store.routing.casework import everything, only
from tests.stores import statements


def test_a_submission_becomes_a_case_in_the_queue_that_the_rules_give(store, receive):
    submission = a_submission()

    receive(received(submission))

    case = only(store, Case)
    assert (case.submission_id, case.number, case.queue, case.board) == (
        submission.submission_id,
        "BN 2026-00001",
        "bygglov",
        "BN",
    )
    assert (case.state, case.due_on, case.sequence) == ("queued", date(2027, 2, 1), 2)


def test_it_is_published_that_the_case_is_registered_and_queued_and_why(casework):
    case = casework.a_case()

    registered, queued = casework.published(case)

    assert (registered.sequence, queued.sequence) == (1, 2)
    assert CaseRegistered.open(registered).board_name["sv"] == "Byggnadsnämnden"
    payload = CaseQueued.open(queued)
    assert payload.case_number == case.number
    assert payload.reason["sv"] == (
        "Ärendet lades i kön Bygglov eftersom det är en ansökan om bygglov (regeln ”Bygglov”, version 1)."
    )


def test_a_submission_delivered_ten_times_opens_one_case(store, receive):
    once = received(a_submission())

    receive(*[once] * 10)

    assert len(everything(store, Case)) == 1
    assert len(everything(store, Outbox)) == 2


def test_a_submission_published_in_two_events_opens_one_case(store, receive):
    once = received(a_submission())

    receive(once, replace(once, id=uuid4()))

    assert len(everything(store, Case)) == 1


def test_what_no_rule_matches_goes_to_the_registrar_and_keeps_its_boards_series(store, casework):
    case = casework.a_case(eservice="borgerlig_vigsel")

    assert (case.queue, case.board, case.number) == ("registrator", "KS", "BN 2026-00001")
    explanation = only(store, SubmissionCopy).explanation
    assert explanation["winner"] is None
    assert case.protected is False
    assert CaseQueued.open(casework.published(case)[1]).reason["en"].startswith("No rule fitted the case")


def test_an_eservice_of_a_board_that_the_municipality_lacks_is_registered_where_it_is_queued(casework):
    handling = replace(a_submission().handling, board="SBN")

    assert casework.a_case(handling=handling, eservice="borgerlig_vigsel").number == "KS 2026-00001"


def test_every_municipality_has_its_own_series_and_pattern(casework):
    assert casework.a_case().number == "BN 2026-00001"
    assert casework.a_case(municipality="2409").number == "2026-BN0001"
    assert casework.a_case().number == "BN 2026-00002"


def test_the_year_of_a_case_number_is_the_year_in_sweden(casework):
    casework.clock.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert casework.a_case().number == "BN 2027-00001"


def test_a_submission_without_deadline_has_none(casework):
    handling = replace(a_submission().handling, deadline=None)

    assert casework.a_case(handling=handling).due_on is None


def test_a_deadline_is_counted_from_the_day_of_receipt_in_sweden_and_moved_off_holidays(casework):
    handling = replace(a_submission().handling, deadline=Deadline(1, "months", {"sv": "Löfte"}))
    late_evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    assert casework.a_case(handling=handling, received_at=late_evening).due_on == date(2026, 12, 28)


def test_of_a_secret_case_the_register_shows_neither_submitter_nor_title(store, casework):
    secret = casework.a_case(secrecy="26 kap. 1 § OSL")
    open_ = casework.a_case()

    assert (secret.public_submitter, secret.public_title) == (None, secret.eservice_title)
    assert (open_.public_submitter, open_.public_title["sv"]) == ("Kim Karlsson", "Bygglov, tillbyggnad")
    assert all(row.secret for row in everything(store, Outbox, subject=str(secret.id)))


def test_each_case_of_a_published_queue_is_published_on_the_exchange_of_handling_queues(store, casework):
    case = casework.a_case(eservice="felanmalan", facts={"category": "street_light"})

    [row] = everything(store, Outbox, exchange="arende.handling")
    assert row.routing_key == "belysning.2039"
    assert CaseQueued.open(Event.decode(row.body)).case_number == case.number


def a_rule_for_all(organisation, **sets):
    """The organisation with one rule, which matches every building permit and sets this."""
    when = Group(Grouping.ALL, (Condition("eservice", "is", "bygglov"),))
    return replace(organisation, rules=(Rule("Alla", {"sv": "alla får det"}, when, "bygglov", **sets),))


def test_a_rule_sets_priority_tags_and_a_deadline_in_place_of_the_eservices(store, alvdalen, casework):
    deadline = Deadline(5, "working_days", {"sv": "nämndens löfte", "en": "the committee’s promise"})
    ruled = a_rule_for_all(alvdalen, priority=Priority.URGENT, tags=("strandskydd",), deadline=deadline)

    with store.sessions.begin() as session:
        register(opened(a_submission()), {"2039": ruled}, session=session, now=NOON)

    case = only(store, Case)
    assert (case.priority, case.tags, case.due_on) == (2, ["strandskydd"], date(2026, 11, 30))
    content = only(store, SubmissionCopy)
    assert content.handling["deadline"]["amount"] == 5
    winner = content.explanation["winner"]
    assert (winner["priority"], winner["tags"], winner["deadline"]["amount"]) == ("urgent", ["strandskydd"], 5)
    assert CaseRegistered.open(casework.published(case)[0]).due_basis["sv"] == "nämndens löfte"


def test_a_case_whose_rule_sets_nothing_is_of_normal_priority_without_tags(casework):
    case = casework.a_case()

    assert (case.priority, case.tags) == (0, [])


def test_the_first_entries_of_the_journal_are_registering_and_queueing(store, casework):
    case = casework.a_case()

    entries = everything(store, JournalEntry, case_id=case.id)

    assert [entry.action for entry in entries] == [journal.REGISTER, journal.QUEUE]
    assert all(entry.actor_name is None for entry in entries)


def test_what_came_by_letter_is_registered_as_of_the_day_that_it_came(store, receive):
    receive(received(a_submission(arrival=an_arrival(date(2026, 11, 13)))))

    case = only(store, Case)
    entered, queued = everything(store, JournalEntry, case_id=case.id)
    assert local_date(case.received_at) == date(2026, 11, 13)
    assert case.registered_at == NOON
    assert (entered.data["channel"], entered.data["received_on"]) == ("letter", "2026-11-13")
    assert (entered.actor_subject, entered.actor_name) == ("anna", "Anna Andersson")
    assert queued.actor_name is None


def test_the_deadline_of_what_came_by_letter_runs_from_that_day(store, receive):
    sent, came = a_submission(), a_submission(arrival=an_arrival(date(2026, 11, 13)))

    receive(received(sent), received(came))

    due = {case.submission_id: case.due_on for case in everything(store, Case)}
    assert due == {sent.submission_id: date(2027, 2, 1), came.submission_id: date(2027, 1, 22)}
    [case] = everything(store, Case, submission_id=came.submission_id)
    clock = clock_of(everything(store, JournalEntry, case_id=case.id))
    assert (clock.received_on, clock.counted_from, clock.due_on) == (
        date(2026, 11, 13),
        date(2026, 11, 13),
        case.due_on,
    )


def test_what_came_by_telephone_today_is_received_when_it_was_entered(store, receive):
    receive(received(a_submission(arrival=an_arrival(local_date(NOON), ArrivalChannel.TELEPHONE))))

    assert only(store, Case).received_at == NOON


def test_a_municipality_that_is_not_served_is_not_registered_for(receive):
    with pytest.raises(UnknownMunicipality):
        receive(received(a_submission(), municipality="0180"))


def test_a_hundred_submissions_are_registered_by_the_statements_of_one(store, receive_together):
    of_batches = []

    for count in (1, 100):
        batch = [received(a_submission(eservice=("bygglov", "felanmalan")[n % 2])) for n in range(count)]
        with statements(store.engine) as texts:
            receive_together(*batch)
        of_batches.append(texts)

    of_one, of_many = of_batches
    if store.engine.dialect.name == "postgresql":
        assert of_one == of_many
    assert len(of_one) == len(of_many) == {"postgresql": 4, "sqlite": 9}[store.engine.dialect.name]
    assert len(everything(store, Case)) == 101


def test_numbers_are_taken_when_all_is_done_that_needs_none(store, alvdalen):
    done: list[str] = []

    class Watched(Organisation):
        def route(self, *arguments, **named):
            done.append("route")
            return super().route(*arguments, **named)

    watched = {"2039": Watched(**{each.name: getattr(alvdalen, each.name) for each in fields(alvdalen)})}
    event.listen(store.engine, "before_cursor_execute", lambda *of: done.append(of[2]))
    with store.sessions.begin() as session:
        session.connection()
        done.clear()
        register(opened(a_submission(), a_submission()), watched, session=session, now=NOON)

    assert done[:2] == ["route", "route"]
    assert "number_series" in done[2]


def test_in_a_batch_of_new_registered_and_repeated_submissions_each_new_one_gets_the_next_number(
    store, casework, receive_together
):
    known, first, second = (a_submission() for _ in range(3))
    receive_together(received(known))

    receive_together(*map(received, [first, known, first, second]))

    assert casework.a_case().number == "BN 2026-00004"
    numbers = {case.submission_id: case.register_number for case in everything(store, Case)}
    assert (numbers[first.submission_id], numbers[second.submission_id]) == (2, 3)


def test_what_each_submission_of_a_batch_leads_to_stays_in_its_trace(store, casework, receive_together):
    submissions = [a_submission(), a_submission()]
    events = [received(each) for each in submissions]

    receive_together(*events)

    for its_own, submission in zip(events, submissions, strict=True):
        case = only(store, Case, submission_id=submission.submission_id)
        assert {each.traceparent[:35] for each in casework.published(case)} == {its_own.traceparent[:35]}


def test_a_case_is_counted_when_its_batch_has_committed_and_only_then(receive_together):
    def counted():
        labels = {"municipality": "2039", "eservice": "bygglov"}
        return REGISTRY.get_sample_value("routing_cases_registered_total", labels) or 0

    before, events = counted(), [received(a_submission()), received(a_submission())]

    with pytest.raises(UnknownMunicipality):
        receive_together(*events, received(a_submission(), municipality="0180"))
    with pytest.raises(CaseNotKnownYet):
        receive_together(*events, supplemented(a_submission()))
    assert counted() == before

    receive_together(*events)
    assert counted() == before + 2
