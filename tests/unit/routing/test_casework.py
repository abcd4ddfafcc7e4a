"""What officers do with cases, each act journaled and told of once, in one transaction."""

from dataclasses import replace
from datetime import date
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.routing.actions import casework, supplements, transfer
from services.routing.actions.perform import CaseNotFound, InvalidInput, StaleCase
from services.routing.cases import journal
from services.routing.cases.state_machine import Action, ActionNotAllowed, State, after, allowed
from services.routing.decisions import decision
from services.routing.models import Case, Decision, JournalEntry, Outbox
from services.routing.organisation import loader
from services.routing.registration.register_case import register
from shared.database import connect, migrate
from shared.events.envelope import Event
from shared.events.routing import Authority, CaseAssigned, CaseDecided, CaseSupplementRequested, CaseTransferred
from shared.idempotency import KeyReused
from tests.builders import NOON, a_submission, received, supplemented
from tests.unit.routing.conftest import (
    ANNA,
    ERIK,
    ESERVICES,
    MIGRATIONS,
    MUNICIPALITIES,
    SARA,
    command,
    everything,
    only,
    ruling,
)


@pytest.fixture
def claimed(desk):
    """A case that Anna has claimed."""
    case = desk.a_case()
    casework.claim(command(case), **desk.how)
    return case


def test_a_claimed_case_is_the_officers(desk):
    case = desk.a_case()

    done = casework.claim(command(case), **desk.how)

    now = desk.now(case)
    assert (now.state, now.officer_subject, now.officer_name) == ("assigned", "anna", "Anna Andersson")
    assert (done.state, done.sequence, now.sequence) == ("assigned", 3, 3)
    assert CaseAssigned.open(desk.told(case)[-1]).officer_name == "Anna Andersson"


def test_a_claimed_case_cannot_be_claimed_by_another(desk, claimed):
    with pytest.raises(ActionNotAllowed) as refusal:
        casework.claim(command(claimed, replace(ANNA, subject="eva")), **desk.how)

    assert Action.RELEASE in refusal.value.allowed
    assert desk.now(claimed).officer_subject == "anna"
    assert len(everything(desk.store, JournalEntry, case_id=claimed.id)) == 3


def test_a_released_case_is_nobodys_and_in_its_queue(desk, claimed, alvdalen):
    casework.release(command(claimed), alvdalen, **desk.how)

    now = desk.now(claimed)
    assert (now.state, now.officer_subject, now.officer_name) == ("queued", None, None)


def test_a_case_is_given_to_a_named_officer(desk):
    case = desk.a_case()

    casework.assign(command(case), "eva", "Eva Ek", **desk.how)

    assert (desk.now(case).state, desk.now(case).officer_subject) == ("assigned", "eva")
    assert CaseAssigned.open(desk.told(case)[-1]).officer_name == "Eva Ek"


def test_a_transferred_case_is_the_other_boards_and_nobodys(desk, claimed, alvdalen):
    transfer.transfer(command(claimed), "gata", "Gäller vägen.", alvdalen, **desk.how)

    now = desk.now(claimed)
    assert (now.queue, now.board, now.state, now.officer_subject) == ("gata", "TN", "queued", None)
    assert now.number == claimed.number
    told = CaseTransferred.open(desk.told(claimed)[-1])
    assert (told.queue_name["sv"], told.reason) == ("Gata och väg", "Gäller vägen.")
    assert (told.board, told.board_name["sv"]) == ("TN", alvdalen.boards["TN"].name["sv"])


def test_what_is_put_in_a_published_queue_is_told_there_too(desk, claimed, alvdalen):
    transfer.transfer(command(claimed), "belysning", "Gäller en lampa.", alvdalen, **desk.how)
    casework.claim(command(claimed), **desk.how)
    casework.release(command(claimed), alvdalen, **desk.how)

    rows = everything(desk.store, Outbox, exchange="arende.handling")
    assert [Event.decode(row.body).sequence for row in rows] == [4, 6]
    assert {row.routing_key for row in rows} == {"belysning.2039"}


@pytest.mark.parametrize("queue", ["bygglov", "ingen"])
def test_a_case_is_not_transferred_nowhere(desk, claimed, alvdalen, queue):
    with pytest.raises(InvalidInput) as refusal:
        transfer.transfer(command(claimed), queue, "Fel kö.", alvdalen, **desk.how)

    assert refusal.value.field == "queue"


def test_the_submitter_is_asked_for_more_and_answers(desk, hear):
    submission = a_submission()
    hear(received(submission))
    case = only(desk.store, Case)
    casework.claim(command(case), **desk.how)

    supplements.request_supplement(command(case), "Situationsplan saknas.", date(2026, 12, 7), **desk.how)
    asked = desk.now(case)
    hear(supplemented(submission))
    answered = desk.now(case)

    assert (asked.state, asked.answer_by) == ("awaiting_supplement", date(2026, 12, 7))
    assert (answered.state, answered.answer_by, answered.officer_subject) == ("assigned", None, "anna")
    assert CaseSupplementRequested.open(desk.told(case)[-2]).answer_by == date(2026, 12, 7)
    assert desk.told(case)[-1].name == "case.supplemented"
    last = everything(desk.store, JournalEntry, case_id=case.id)[-1]
    assert (last.act, last.data["text"]) == ("receive_supplement", "Här kommer ritningen.")


def test_a_supplement_by_post_is_entered_with_the_day_that_it_came(desk, claimed):
    supplements.request_supplement(command(claimed), "Mer behövs.", date(2026, 12, 7), **desk.how)

    supplements.receive_by_post(command(claimed), "Ritning i A3.", date(2026, 11, 20), **desk.how)

    assert desk.now(claimed).state == "assigned"
    assert everything(desk.store, JournalEntry, case_id=claimed.id)[-1].data["received_on"] == "2026-11-20"


def test_a_note_stays_in_the_house_and_a_message_does_not(desk, claimed):
    casework.note(command(claimed), "Ringde sökanden.", **desk.how)
    assert desk.told(claimed)[-1].name == "case.assigned"

    casework.message(command(claimed), "Hej!", **desk.how)
    assert desk.told(claimed)[-1].name == "case.message_sent"
    assert desk.told(claimed)[-1].sequence == 5


def test_a_case_is_decided_closed_and_taken_up_again(desk, claimed, alvdalen):
    decision.decide(command(claimed), ruling(presenter="Per Persson"), alvdalen, **desk.how)
    decided = only(desk.store, Decision)
    assert (decided.version, decided.decided_on, decided.decided_by) == (1, date(2026, 11, 23), "Anna Andersson")
    assert CaseDecided.open(desk.told(claimed)[-1]).outcome_label["sv"] == "Bifall"

    casework.close(command(claimed), **desk.how)
    casework.reopen(command(claimed, replace(ANNA, subject="eva", name="Eva Ek")), "Skrivfel (FL 36 §).", **desk.how)
    assert (desk.now(claimed).state, desk.now(claimed).officer_name) == ("assigned", "Eva Ek")

    decision.decide(command(claimed), ruling("Rättat."), alvdalen, **desk.how)
    assert [each.version for each in everything(desk.store, Decision)] == [1, 2]


def test_a_board_decides_on_its_day_and_the_officer_enters_it(desk, claimed, alvdalen):
    desk.clock.move(days=3)
    of_the_board = ruling(decided_by="Byggnadsnämnden", decided_on=date(2026, 11, 24))

    decision.decide(command(claimed), of_the_board, alvdalen, **desk.how)

    kept, told = only(desk.store, Decision), CaseDecided.open(desk.told(claimed)[-1])
    assert kept.decided_by_subject == "anna"
    entry = everything(desk.store, JournalEntry, case_id=claimed.id)[-1]
    assert entry.actor_name == "Anna Andersson"
    assert (kept.decided_by, kept.decided_on) == (told.decided_by, told.decided_on)
    assert (entry.data["decided_by"], entry.data["decided_on"]) == ("Byggnadsnämnden", "2026-11-24")
    assert (told.decided_by, told.decided_on) == ("Byggnadsnämnden", date(2026, 11, 24))


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 11, 22)])
def test_no_decision_is_dated_in_the_future_or_before_the_case_was_received(desk, claimed, alvdalen, day):
    with pytest.raises(InvalidInput) as refusal:
        decision.decide(command(claimed), ruling(decided_on=day), alvdalen, **desk.how)

    assert refusal.value.field == "decided_on"
    assert desk.now(claimed).state == "assigned"


def test_a_decision_tells_and_keeps_the_authority_that_the_municipality_appeals_to(desk, claimed, alvdalen):
    decision.decide(command(claimed), ruling(), alvdalen, **desk.how)

    dalarna = {"sv": "Länsstyrelsen i Dalarnas län", "en": "the County Administrative Board of Dalarna"}
    assert CaseDecided.open(desk.told(claimed)[-1]).appeal == Authority(dalarna)
    assert only(desk.store, Decision).appeal == {"name": dalarna, "address": None}


def test_an_authority_that_the_municipality_does_not_name_is_told_by_its_general_name(desk, claimed, alvdalen):
    decision.decide(command(claimed), ruling(), replace(alvdalen, appeals={}), **desk.how)

    told = CaseDecided.open(desk.told(claimed)[-1])
    assert told.appeal and told.appeal.name["sv"] == "länsstyrelsen"
    assert "County Administrative Board" in told.appeal.name["en"]


def test_a_decision_under_forvaltningslagen_needs_reasons_and_is_one_of_the_outcomes(desk, claimed, alvdalen):
    with pytest.raises(InvalidInput) as without_reasons:
        decision.decide(command(claimed), ruling(""), alvdalen, **desk.how)
    with pytest.raises(InvalidInput) as unknown:
        decision.decide(command(claimed), ruling(outcome="kanske"), alvdalen, **desk.how)

    assert (without_reasons.value.field, unknown.value.field) == ("reasons", "outcome")
    assert desk.now(claimed).state == "assigned"
    assert everything(desk.store, Decision) == []


def test_a_decision_under_another_regime_needs_no_reasons(desk, alvdalen):
    case = desk.a_case(regime="laglighetsprovning")
    casework.claim(command(case), **desk.how)

    assert decision.decide(command(case), ruling(""), alvdalen, **desk.how).state == "decided"


def test_what_the_submitter_does_not_answer_can_be_decided_all_the_same(desk, claimed, alvdalen):
    supplements.request_supplement(command(claimed), "Mer behövs.", date(2026, 12, 7), **desk.how)

    decision.decide(command(claimed), ruling("Underlaget räcker."), alvdalen, **desk.how)

    assert (desk.now(claimed).state, desk.now(claimed).answer_by) == ("decided", None)


def test_a_case_changed_since_it_was_read_is_not_changed_blindly(desk, claimed, alvdalen):
    casework.note(command(claimed), "Nytt.", **desk.how)

    with pytest.raises(StaleCase) as refusal:
        decision.decide(command(claimed, version=3), ruling(), alvdalen, **desk.how)

    assert refusal.value.current == 4
    assert desk.now(claimed).state == "assigned"
    assert decision.decide(command(claimed, version=4), ruling(), alvdalen, **desk.how).sequence == 5


def test_the_same_wish_sent_twice_is_done_once_and_answered_alike(desk, claimed):
    first = casework.note(command(claimed, key="k1"), "Ringde.", **desk.how)
    casework.note(command(claimed), "Annat.", **desk.how)

    assert casework.note(command(claimed, key="k1"), "Ringde.", **desk.how) == first
    assert len(everything(desk.store, JournalEntry, case_id=claimed.id)) == 5


def test_the_same_wish_is_answered_alike_also_when_the_case_has_gone_out_of_sight(desk, alvdalen):
    case = desk.a_case(eservice="felanmalan", facts={"category": "road"})
    sent = command(case, ERIK, version=2, key="k1")
    first = transfer.transfer(sent, "bygglov", "Gäller ett bygge.", alvdalen, **desk.how)

    assert transfer.transfer(sent, "bygglov", "Gäller ett bygge.", alvdalen, **desk.how) == first


def test_a_decision_sent_again_after_midnight_is_the_same_decision(desk, claimed, alvdalen):
    first = decision.decide(command(claimed, key="k1"), ruling(), alvdalen, **desk.how)
    desk.clock.move(days=1)

    assert decision.decide(command(claimed, key="k1"), ruling(), alvdalen, **desk.how) == first
    said = everything(desk.store, JournalEntry, case_id=claimed.id)[-1].data
    assert (said["decided_by"], said["decided_on"]) == ("Anna Andersson", "2026-11-23")


def test_a_key_is_not_used_for_two_wishes(desk, claimed):
    casework.note(command(claimed, key="k1"), "Ringde.", **desk.how)

    with pytest.raises(KeyReused):
        casework.note(command(claimed, key="k1"), "Ringde igen.", **desk.how)


def test_two_officers_may_choose_the_same_key(desk, claimed):
    casework.note(command(claimed, key="k1"), "Ett.", **desk.how)

    assert casework.note(command(claimed, replace(ANNA, subject="eva"), key="k1"), "Två.", **desk.how).sequence == 5


@pytest.mark.parametrize("stranger", [ERIK, SARA, replace(ANNA, boards=frozenset())])
def test_a_case_of_another_board_or_municipality_is_not_there(desk, claimed, stranger):
    with pytest.raises(CaseNotFound):
        casework.note(command(claimed, stranger), "Nyfiken.", **desk.how)


def test_a_case_that_is_not_there_is_not_found(desk, claimed):
    with pytest.raises(CaseNotFound):
        casework.note(command(claimed, case_id=uuid4()), "Var?", **desk.how)


def test_what_cannot_be_told_is_not_done(desk, claimed):
    with desk.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO gone"))

    with pytest.raises(DBAPIError):
        casework.message(command(claimed), "Hej!", **desk.how)

    assert desk.now(claimed).sequence == 3
    assert len(everything(desk.store, JournalEntry, case_id=claimed.id)) == 3


class Handling(RuleBasedStateMachine):
    """Whatever officers try, in whatever order: the store does what the state machine says, and keeps its books."""

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = connect(f"sqlite:///{self.folder.name}/store.sqlite")
        migrate(self.store.engine, MIGRATIONS)
        self.organisation = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
        submission = a_submission()
        with self.store.sessions.begin() as session:
            register(submission, self.organisation, session=session, now=NOON)
        self.case = only(self.store, Case)
        self.state = State.QUEUED

    @rule(action=st.sampled_from([each for each in Action if each is not Action.RECEIVE_SUPPLEMENT]))
    def an_officer_tries(self, action):
        before = only(self.store, Case)
        try:
            done = self.attempt(action)
        except ActionNotAllowed as refusal:
            assert refusal.allowed == allowed(self.state)
            assert only(self.store, Case).sequence == before.sequence
        else:
            self.state = after(self.state, action)
            assert (done.state, done.sequence) == (self.state, before.sequence + 1)

    @invariant()
    def the_books_are_kept(self):
        case = only(self.store, Case)
        assert case.state == self.state
        assert (case.officer_subject is None) == (self.state is State.QUEUED)
        assert (case.answer_by is not None) == (self.state is State.AWAITING_SUPPLEMENT)
        assert journal.broken_at(everything(self.store, JournalEntry), case.sequence) is None
        told = [Event.decode(row.body).sequence for row in everything(self.store, Outbox, exchange="arende.events")]
        assert len(set(told)) == len(told)

    def attempt(self, action):
        """Do the action with words that fit it."""
        asked, how = command(self.case), {"sessions": self.store.sessions, "now": NOON}
        case = only(self.store, Case)
        other = "gata" if case.queue == "bygglov" else "bygglov"
        acts = {
            Action.CLAIM: lambda: casework.claim(asked, **how),
            Action.RELEASE: lambda: casework.release(asked, self.organisation, **how),
            Action.ASSIGN: lambda: casework.assign(asked, "eva", "Eva Ek", **how),
            Action.TRANSFER: lambda: transfer.transfer(asked, other, "Fel kö.", self.organisation, **how),
            Action.REQUEST_SUPPLEMENT: lambda: supplements.request_supplement(asked, "Mer.", date(2026, 12, 7), **how),
            Action.NOTE: lambda: casework.note(asked, "Ringde.", **how),
            Action.MESSAGE: lambda: casework.message(asked, "Hej!", **how),
            Action.DECIDE: lambda: decision.decide(asked, ruling(), self.organisation, **how),
            Action.CLOSE: lambda: casework.close(asked, **how),
            Action.REOPEN: lambda: casework.reopen(asked, "Skrivfel.", **how),
        }
        return acts[action]()

    def teardown(self):
        self.store.engine.dispose()
        self.folder.cleanup()


TestHandling = Handling.TestCase
TestHandling.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
