"""Linking and joining cases: a record, an entry in both journals, and never past a wall."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.join import join_cases
from services.routing.actions.link import link_cases
from services.routing.actions.reopen import reopen
from services.routing.actions.request_supplement import request_supplement
from services.routing.actions.transfer import transfer
from services.routing.actions.unlink import unlink_cases
from services.routing.cases import journal
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import State
from services.routing.related.models import CaseLink, LinkKind
from services.routing.supplements.models import SupplementRequest
from shared.events.routing import CaseJoined
from shared.idempotency import KeyReused
from shared.swedish.time import local_date
from tests.builders import a_submission
from tests.store.routing.casework import ANNA, EVA, command, decision_data, everything, only


@pytest.fixture
def report(casework):
    """Makes cases that end in a reply, of the queue of building permits."""
    return lambda **more: casework.a_case(**{"regime": "faktiskt_handlande"} | more)


def last_entries(casework, *cases):
    """The last line of each journal, which must hold."""
    found = []
    for case in cases:
        entries = everything(casework.store, JournalEntry, case_id=case.id)
        assert journal.broken_at(entries, casework.now(case).sequence) is None
        found.append((entries[-1].action, entries[-1].data.get("number"), entries[-1].data.get("kind")))
    return found


def test_a_link_is_a_record_and_stands_in_both_journals(casework):
    one, other = casework.a_case(), casework.a_case()

    done = link_cases(command(one), f" {other.number[-5:]} ", **casework.store_and_time)

    assert done.sequence == 3
    assert last_entries(casework, one, other) == [("link", other.number, "related"), ("link", one.number, "related")]
    made = only(casework.store, CaseLink)
    assert (made.case_id, made.other_id, made.kind, made.by_name) == (one.id, other.id, LinkKind.RELATED, ANNA.name)


def test_a_link_sent_twice_is_made_once(casework):
    one, other, third = casework.a_case(), casework.a_case(), casework.a_case()

    first = link_cases(command(one, key="k"), other.number, **casework.store_and_time)

    assert link_cases(command(one, key="k"), other.number, **casework.store_and_time) == first
    with pytest.raises(KeyReused):
        link_cases(command(one, key="k"), third.number, **casework.store_and_time)


@pytest.mark.parametrize("number", ["finns inte", "BN 2026-99999", "TN 2026-00001", "1"])
def test_a_number_that_is_of_no_one_case_of_the_board_is_an_error_at_its_field(casework, number):
    case = casework.a_case()
    casework.a_case(eservice="felanmalan", handling=replace(a_submission().handling, board="TN"))

    with pytest.raises(InvalidInput) as error:
        link_cases(command(case), number, **casework.store_and_time)

    assert error.value.field == "number"
    assert casework.now(case).sequence == 2
    assert everything(casework.store, CaseLink) == []


def test_cases_are_linked_once_whichever_comes_first(casework):
    one, other = casework.a_case(), casework.a_case()
    link_cases(command(one), other.number, **casework.store_and_time)

    for first, second in ((one, other), (other, one)):
        with pytest.raises(InvalidInput):
            link_cases(command(first), second.number, **casework.store_and_time)


def test_a_case_that_is_joined_is_closed_with_a_reference_and_its_requests_lapse(casework, report):
    one, other = report(), report()
    claim(command(one), **casework.store_and_time)
    request_supplement(command(one), "Var?", local_date(casework.clock()).replace(day=30), **casework.store_and_time)

    done = join_cases(command(one), other.number, **casework.store_and_time)

    assert done.state == State.CLOSED
    assert casework.now(one).answer_by is None
    assert only(casework.store, SupplementRequest).outcome == "lapsed"
    assert last_entries(casework, one, other) == [("join", other.number, "joined"), ("link", one.number, "joined")]
    closed = casework.published(one)[-1]
    assert (closed.name, closed.data["joined_to"]) == (CaseJoined.NAME, other.number)
    assert casework.now(other).state == State.QUEUED


def test_a_link_is_taken_back_from_either_case_and_stands_in_both_journals(casework, alvdalen):
    one, other = casework.a_case(), casework.a_case()
    link_cases(command(one), other.number, **casework.store_and_time)
    claim(command(one), **casework.store_and_time)
    transfer(command(one), "gata", "Gäller vägen.", alvdalen, **casework.store_and_time)

    first = unlink_cases(command(other, key="k"), one.number, **casework.store_and_time)

    assert unlink_cases(command(other, key="k"), one.number, **casework.store_and_time) == first
    assert last_entries(casework, one, other) == [
        ("unlink", other.number, "related"),
        ("unlink", one.number, "related"),
    ]
    assert everything(casework.store, CaseLink) == []
    with pytest.raises(InvalidInput, match="not linked"):
        unlink_cases(command(other), one.number, **casework.store_and_time)


def test_a_link_to_a_case_that_the_officer_does_not_see_is_not_theirs_to_take_back(casework, alvdalen):
    one, other = casework.a_case(), casework.a_case()
    link_cases(command(one), other.number, **casework.store_and_time)
    transfer(command(other), "gata", "Gäller vägen.", alvdalen, **casework.store_and_time)

    with pytest.raises(InvalidInput):
        unlink_cases(command(one, EVA), other.number, **casework.store_and_time)

    assert everything(casework.store, CaseLink)


def test_a_join_is_taken_back_by_reopening_the_case_that_it_closed(casework, report):
    one, other = report(), report()
    join_cases(command(one), other.number, **casework.store_and_time)
    for first, second in ((one, other), (other, one)):
        with pytest.raises(InvalidInput, match="Reopen the one that was closed"):
            unlink_cases(command(first), second.number, **casework.store_and_time)

    done = reopen(command(one, key="k"), "Det var en annan lampa.", **casework.store_and_time)

    assert done.state == State.ASSIGNED
    assert last_entries(casework, one, other) == [("reopen", None, None), ("unlink", one.number, "joined")]
    separated = everything(casework.store, JournalEntry, case_id=one.id)[-1].data["separated_from"]
    assert separated == {"number": other.number, "case_id": str(other.id)}
    assert everything(casework.store, CaseLink) == []
    assert reopen(command(one, key="k"), "Det var en annan lampa.", **casework.store_and_time) == done


def test_what_is_to_end_in_a_decision_is_not_joined_and_nothing_is_joined_to_what_is_closed(casework, report, alvdalen):
    permit, first, second = casework.a_case(), report(), report()
    claim(command(second), **casework.store_and_time)
    decide(command(second), decision_data(), alvdalen, **casework.store_and_time)
    close(command(second), **casework.store_and_time)

    for case, other in ((permit, first), (first, second)):
        with pytest.raises(InvalidInput):
            join_cases(command(case), other.number, **casework.store_and_time)
        assert casework.now(case).state == State.QUEUED


def test_the_number_of_a_secret_case_is_not_published(casework, report):
    one, secret = report(), report(secrecy="26 kap. 1 § OSL")

    join_cases(command(one), secret.number, **casework.store_and_time)

    assert casework.published(one)[-1].data["joined_to"] is None
    assert UUID(everything(casework.store, JournalEntry, case_id=one.id)[-1].data["case_id"]) == secret.id
