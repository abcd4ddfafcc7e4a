"""A received submission becomes one case, numbered, routed, and published."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from services.routing.cases import journal
from services.routing.cases.models import Case, JournalEntry, SubmissionCopy
from services.routing.context import UnknownMunicipality
from services.routing.models import Outbox
from services.routing.registration.register_case import register
from services.routing.rules.rules import Priority, Rule
from shared.conditions.condition import Condition, Group, Grouping
from shared.events.envelope import Event
from shared.events.intake import Deadline
from shared.events.routing import CaseQueued, CaseRegistered
from tests.builders import NOON, a_submission, opened, received
from tests.store.routing.casework import everything, only


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
    event = received(a_submission())

    receive(*[event] * 10)

    assert len(everything(store, Case)) == 1
    assert len(everything(store, Outbox)) == 2


def test_a_submission_published_in_two_events_opens_one_case(store, receive):
    event = received(a_submission())

    receive(event, replace(event, id=uuid4()))

    assert len(everything(store, Case)) == 1


def test_what_no_rule_matches_goes_to_the_registrar_and_keeps_its_boards_series(store, casework):
    case = casework.a_case(eservice="kulturskola")

    assert (case.queue, case.board, case.number) == ("registrator", "KS", "BN 2026-00001")
    explanation = only(store, SubmissionCopy).explanation
    assert explanation["winner"] is None
    assert case.protected is False
    assert CaseQueued.open(casework.published(case)[1]).reason["en"].startswith("No rule fitted the case")


def test_an_eservice_of_a_board_that_the_municipality_lacks_is_registered_where_it_is_queued(casework):
    handling = replace(a_submission().handling, board="SBN")

    assert casework.a_case(handling=handling, eservice="kulturskola").number == "KS 2026-00001"


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


def test_a_municipality_that_is_not_served_is_not_registered_for(receive):
    with pytest.raises(UnknownMunicipality):
        receive(received(a_submission(), municipality="0180"))
