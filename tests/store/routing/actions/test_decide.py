"""Deciding a case."""

from dataclasses import replace
from datetime import date

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.request_supplement import request_supplement
from services.routing.cases import journal
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import State
from services.routing.decisions.models import Decision
from services.routing.supplements.models import SupplementRequest
from shared.events.routing import Authority, CaseDecided
from shared.swedish.law import LegalRegime
from tests.builders import a_submission
from tests.store.routing.casework import command, decision_data, everything, only


def test_a_board_decides_on_its_day_and_the_officer_enters_it(casework, claimed, alvdalen):
    casework.clock.move(days=3)
    of_the_board = decision_data(decided_by="Byggnadsnämnden", decided_on=date(2026, 11, 24))

    decide(command(claimed), of_the_board, alvdalen, **casework.store_and_time)

    kept, published = only(casework.store, Decision), CaseDecided.open(casework.published(claimed)[-1])
    assert kept.decided_by_subject == "anna"
    entry = everything(casework.store, JournalEntry, case_id=claimed.id)[-1]
    assert entry.actor_name == "Anna Andersson"
    assert (kept.decided_by, kept.decided_on) == (published.decided_by, published.decided_on)
    assert (entry.data["decided_by"], entry.data["decided_on"]) == ("Byggnadsnämnden", "2026-11-24")
    assert (published.decided_by, published.decided_on) == ("Byggnadsnämnden", date(2026, 11, 24))


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 11, 22)])
def test_no_decision_is_dated_in_the_future_or_before_the_case_was_received(casework, claimed, alvdalen, day):
    with pytest.raises(InvalidInput) as refusal:
        decide(command(claimed), decision_data(decided_on=day), alvdalen, **casework.store_and_time)

    assert refusal.value.field == "decided_on"
    assert casework.now(claimed).state == "assigned"


def test_a_decision_publishes_and_keeps_the_authority_that_the_municipality_appeals_to(casework, claimed, alvdalen):
    decide(command(claimed), decision_data(), alvdalen, **casework.store_and_time)

    dalarna = {"sv": "Länsstyrelsen i Dalarnas län", "en": "the County Administrative Board of Dalarna"}
    assert CaseDecided.open(casework.published(claimed)[-1]).appeal == Authority(dalarna)
    assert only(casework.store, Decision).appeal == {"name": dalarna, "address": None}


def test_an_authority_that_the_municipality_does_not_name_is_published_by_its_general_name(casework, claimed, alvdalen):
    decide(command(claimed), decision_data(), replace(alvdalen, appeals={}), **casework.store_and_time)

    published = CaseDecided.open(casework.published(claimed)[-1])
    assert published.appeal and published.appeal.name["sv"] == "länsstyrelsen"
    assert "County Administrative Board" in published.appeal.name["en"]


def test_a_decision_about_others_is_kept_whole_and_published_as_no_more_than_made(casework, alvdalen):
    case = casework.a_case(handling=replace(a_submission().handling, submitter_is_party=False))
    claim(command(case), **casework.store_and_time)

    decide(command(case), decision_data(), alvdalen, **casework.store_and_time)

    kept, published = only(casework.store, Decision), CaseDecided.open(casework.published(case)[-1])
    assert (kept.outcome, kept.reasons) == (decision_data()["outcome"], decision_data()["reasons"])
    assert (published.outcome, published.outcome_label["sv"]) == ("decided", "Ärendet är avgjort")
    assert (published.reasons, published.appeal, published.submitter_is_party) == ("", None, False)


def test_a_reply_goes_to_who_reported(casework, alvdalen):
    handling = replace(a_submission().handling, legal_regime=LegalRegime.FAKTISKT_HANDLANDE, submitter_is_party=False)
    case = casework.a_case(handling=handling)
    claim(command(case), **casework.store_and_time)

    decide(command(case), decision_data(), alvdalen, **casework.store_and_time)

    assert CaseDecided.open(casework.published(case)[-1]).reasons == decision_data()["reasons"]


def test_a_decision_under_forvaltningslagen_needs_reasons_and_is_one_of_the_outcomes(casework, claimed, alvdalen):
    with pytest.raises(InvalidInput) as without_reasons:
        decide(command(claimed), decision_data(""), alvdalen, **casework.store_and_time)
    with pytest.raises(InvalidInput) as unknown:
        decide(command(claimed), decision_data(outcome="kanske"), alvdalen, **casework.store_and_time)

    assert (without_reasons.value.field, unknown.value.field) == ("reasons", "outcome")
    assert casework.now(claimed).state == "assigned"
    assert everything(casework.store, Decision) == []


def test_a_decision_under_another_regime_needs_no_reasons(casework, alvdalen):
    case = casework.a_case(regime="laglighetsprovning")
    claim(command(case), **casework.store_and_time)

    assert decide(command(case), decision_data(""), alvdalen, **casework.store_and_time).state == "decided"


def test_what_the_submitter_does_not_answer_can_be_decided_all_the_same(casework, claimed, alvdalen):
    request_supplement(command(claimed), "Mer behövs.", date(2026, 12, 7), **casework.store_and_time)

    decide(command(claimed), decision_data("Underlaget räcker."), alvdalen, **casework.store_and_time)

    assert (casework.now(claimed).state, casework.now(claimed).answer_by) == ("decided", None)
    assert only(casework.store, SupplementRequest).outcome == "lapsed"


def test_a_decision_sent_again_after_midnight_is_the_same_decision(casework, claimed, alvdalen):
    first = decide(command(claimed, key="k1"), decision_data(), alvdalen, **casework.store_and_time)
    casework.clock.move(days=1)

    assert decide(command(claimed, key="k1"), decision_data(), alvdalen, **casework.store_and_time) == first
    data = everything(casework.store, JournalEntry, case_id=claimed.id)[-1].data
    assert (data["decided_by"], data["decided_on"]) == ("Anna Andersson", "2026-11-23")


def test_a_decision_may_close_its_case_in_one_transaction(casework, claimed, alvdalen):
    sent = command(claimed, key="k")

    done = decide(sent, decision_data(close=True), alvdalen, **casework.store_and_time)

    assert (done.state, done.queue) == (State.CLOSED, claimed.queue)
    entries = everything(casework.store, JournalEntry, case_id=claimed.id)
    assert [entry.action for entry in entries[-2:]] == ["decide", "close"]
    assert journal.broken_at(entries, casework.now(claimed).sequence) is None
    assert [event.name for event in casework.published(claimed)[-2:]] == ["case.decided", "case.closed"]
    assert decide(sent, decision_data(close=True), alvdalen, **casework.store_and_time) == done


def test_a_decision_that_cannot_be_made_closes_nothing(casework, claimed, alvdalen):
    with pytest.raises(InvalidInput):
        decide(command(claimed), decision_data(outcome="finns-inte", close=True), alvdalen, **casework.store_and_time)

    assert casework.now(claimed).state == State.ASSIGNED
