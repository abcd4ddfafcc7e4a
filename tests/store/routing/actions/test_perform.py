"""Every action is journaled and published once, in one transaction, on the version that the officer saw."""

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

from services.routing.actions.assign import assign
from services.routing.actions.claim import claim
from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.message import message
from services.routing.actions.note import NOTE, note
from services.routing.actions.perform import perform
from services.routing.actions.registry import DEFINITIONS, possible
from services.routing.actions.release import release
from services.routing.actions.reopen import reopen
from services.routing.actions.request_supplement import request_supplement
from services.routing.actions.transfer import transfer
from services.routing.cases import journal
from services.routing.cases.errors import CaseNotFound, StaleCase
from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.state_machine import Action, ActionNotAllowed, State, after, allowed
from services.routing.models import Outbox
from services.routing.organisation import loader
from services.routing.registration.register_case import register
from shared.events.envelope import Event
from shared.idempotency import KeyReused
from tests.builders import NOON, a_submission, opened
from tests.store.routing.casework import (
    ANNA,
    ERIK,
    ESERVICES,
    MUNICIPALITIES,
    SARA,
    command,
    decision_data,
    everything,
    only,
)
from tests.stores import migrated


def test_a_case_changed_since_it_was_read_is_not_changed_blindly(casework, claimed, alvdalen):
    note(command(claimed), "Nytt.", **casework.store_and_time)

    with pytest.raises(StaleCase) as refusal:
        decide(command(claimed, version=3), decision_data(), alvdalen, **casework.store_and_time)

    assert refusal.value.current == 4
    assert casework.now(claimed).state == "assigned"
    assert decide(command(claimed, version=4), decision_data(), alvdalen, **casework.store_and_time).sequence == 5


def test_the_same_command_sent_twice_is_performed_once_and_answered_alike(casework, claimed):
    first = note(command(claimed, key="k1"), "Ringde.", **casework.store_and_time)
    note(command(claimed), "Annat.", **casework.store_and_time)

    assert note(command(claimed, key="k1"), "Ringde.", **casework.store_and_time) == first
    assert len(everything(casework.store, JournalEntry, case_id=claimed.id)) == 5


def test_the_same_command_is_answered_alike_also_when_the_case_has_gone_out_of_sight(casework, alvdalen):
    case = casework.a_case(eservice="felanmalan", facts={"category": "road"})
    sent = command(case, ERIK, version=2, key="k1")
    first = transfer(sent, "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time)

    assert transfer(sent, "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time) == first


def test_a_key_is_not_used_for_two_commands(casework, claimed):
    note(command(claimed, key="k1"), "Ringde.", **casework.store_and_time)

    with pytest.raises(KeyReused):
        note(command(claimed, key="k1"), "Ringde igen.", **casework.store_and_time)


def test_two_officers_may_choose_the_same_key(casework, claimed):
    note(command(claimed, key="k1"), "Ett.", **casework.store_and_time)

    assert (
        note(command(claimed, replace(ANNA, subject="eva"), key="k1"), "Två.", **casework.store_and_time).sequence == 5
    )


@pytest.mark.parametrize("stranger", [ERIK, SARA, replace(ANNA, boards=frozenset())])
def test_a_case_of_another_board_or_municipality_is_not_there(casework, claimed, stranger):
    with pytest.raises(CaseNotFound):
        note(command(claimed, stranger), "Nyfiken.", **casework.store_and_time)


def test_a_case_that_is_not_there_is_not_found(casework, claimed):
    with pytest.raises(CaseNotFound):
        note(command(claimed, case_id=uuid4()), "Var?", **casework.store_and_time)


def test_an_action_that_is_not_the_officers_to_do_is_neither_performed_nor_offered(casework, claimed, monkeypatch):
    by_eva = replace(NOTE, may=lambda officer, case: officer.subject == "eva")
    monkeypatch.setitem(DEFINITIONS, Action.NOTE, by_eva)
    eva = replace(ANNA, subject="eva")

    with pytest.raises(CaseNotFound):
        perform(command(claimed), by_eva, {}, lambda context: None, **casework.store_and_time)
    assert by_eva not in possible(ANNA, claimed)
    assert by_eva in possible(eva, claimed)
    assert perform(command(claimed, eva), by_eva, {}, lambda context: None, **casework.store_and_time)


def test_an_action_that_cannot_be_published_is_not_performed(casework, claimed):
    with casework.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO gone"))

    with pytest.raises(DBAPIError):
        message(command(claimed), "Hej!", **casework.store_and_time)

    assert casework.now(claimed).sequence == 3
    assert len(everything(casework.store, JournalEntry, case_id=claimed.id)) == 3


class Handling(RuleBasedStateMachine):
    """Whatever officers try, in whatever order: the store follows the state machine, and its books are kept."""

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = migrated(f"sqlite:///{self.folder.name}/store.sqlite", "routing")
        self.organisation = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
        submission = a_submission()
        with self.store.sessions.begin() as session:
            register(opened(submission), {"2039": self.organisation}, session=session, now=NOON)
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
        published = [
            Event.decode(row.body).sequence for row in everything(self.store, Outbox, exchange="arende.events")
        ]
        assert len(set(published)) == len(published)

    def attempt(self, action):
        """Do the action with words that fit it."""
        sent, store_and_time = command(self.case), {"sessions": self.store.sessions, "now": NOON}
        case = only(self.store, Case)
        other = "gata" if case.queue == "bygglov" else "bygglov"
        attempts = {
            Action.CLAIM: lambda: claim(sent, **store_and_time),
            Action.RELEASE: lambda: release(sent, self.organisation, **store_and_time),
            Action.ASSIGN: lambda: assign(sent, "eva", "Eva Ek", self.organisation, **store_and_time),
            Action.TRANSFER: lambda: transfer(sent, other, "Fel kö.", self.organisation, **store_and_time),
            Action.REQUEST_SUPPLEMENT: lambda: request_supplement(sent, "Mer.", date(2026, 12, 7), **store_and_time),
            Action.NOTE: lambda: note(sent, "Ringde.", **store_and_time),
            Action.MESSAGE: lambda: message(sent, "Hej!", **store_and_time),
            Action.DECIDE: lambda: decide(sent, decision_data(), self.organisation, **store_and_time),
            Action.CLOSE: lambda: close(sent, **store_and_time),
            Action.REOPEN: lambda: reopen(sent, "Skrivfel.", **store_and_time),
        }
        return attempts[action]()

    def teardown(self):
        self.store.engine.dispose()
        self.folder.cleanup()


TestHandling = Handling.TestCase
TestHandling.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
