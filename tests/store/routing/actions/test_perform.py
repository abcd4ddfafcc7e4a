"""Every action is journaled and published once, in one transaction, on the version that the officer saw."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.routing.actions.add_tag import add_tag
from services.routing.actions.assign import assign
from services.routing.actions.claim import claim
from services.routing.actions.close import close
from services.routing.actions.correct_address import correct_address
from services.routing.actions.decide import decide
from services.routing.actions.declare_conflict import declare_conflict
from services.routing.actions.end_hold import end_due_holds, end_hold
from services.routing.actions.extend_deadline import extend_deadline
from services.routing.actions.join import join_cases
from services.routing.actions.link import link_cases
from services.routing.actions.message import message
from services.routing.actions.note import NOTE, note
from services.routing.actions.perform import perform
from services.routing.actions.put_on_hold import put_on_hold
from services.routing.actions.receive_supplement import receive_on_paper
from services.routing.actions.registry import DEFINITIONS, possible
from services.routing.actions.reject_decision_request import reject_decision_request
from services.routing.actions.release import release
from services.routing.actions.remove_tag import remove_tag
from services.routing.actions.reopen import reopen
from services.routing.actions.report_delay import report_delay
from services.routing.actions.request_decision import request_decision
from services.routing.actions.request_supplement import request_supplement
from services.routing.actions.set_priority import set_priority
from services.routing.actions.transfer import transfer
from services.routing.actions.unlink import unlink_cases
from services.routing.actions.withdraw_conflict import withdraw_conflict
from services.routing.actions.withdraw_supplement_request import withdraw_supplement_request
from services.routing.cases import journal
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound, InvalidInput, PartialOfficer, StaleCase
from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.state_machine import OPEN, Action, ActionNotAllowed, State, after, allowed
from services.routing.deadlines.clock import clock_of
from services.routing.holds.models import Hold
from services.routing.models import Outbox
from services.routing.organisation import loader
from services.routing.registration.register_case import register
from services.routing.supplements.models import SupplementRequest
from shared.events.envelope import Event
from shared.idempotency import KeyReused
from shared.swedish.time import STOCKHOLM, local_date
from tests.builders import NOON, HandClock, a_submission, opened
from tests.store.routing.casework import (
    ANNA,
    ERIK,
    ESERVICES,
    EVA,
    MUNICIPALITIES,
    PERMIT,
    SARA,
    Casework,
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
    file = open_case(ANNA, claimed.id, **casework.store_and_time)
    assert by_eva not in possible(ANNA, file)
    assert by_eva in possible(eva, file)
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
        submission = a_submission(handling=replace(a_submission().handling, deadline=PERMIT))
        with self.store.sessions.begin() as session:
            register(opened(submission), {"2039": self.organisation}, session=session, now=NOON)
        self.case = only(self.store, Case)
        Casework(self.store, print, HandClock()).knows(replace(EVA, boards=None))
        self.state, self.now, self.open, self.hold = State.QUEUED, NOON, [], None

    @rule(days=st.integers(1, 90))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule()
    def a_worker_ends_what_holds_are_due(self):
        before = only(self.store, Case).sequence
        list(end_due_holds(sessions=self.store.sessions, now=self.now))
        is_due = self.hold is not None and self.hold <= self.now
        assert only(self.store, Case).sequence == before + is_due
        self.hold = None if is_due else self.hold

    @rule(action=st.sampled_from(Action))
    def an_officer_tries(self, action):
        before = only(self.store, Case)
        try:
            done = self.attempt(action)
        except ActionNotAllowed as refusal:
            assert refusal.allowed == allowed(self.state)
            assert only(self.store, Case).sequence == before.sequence
        except (InvalidInput, PartialOfficer):
            assert action in allowed(self.state)
            assert only(self.store, Case).sequence == before.sequence
        else:
            self.note_what_is_open(action)
            self.state = after(self.state, action, awaiting=bool(self.open))
            if action is Action.DECLARE_CONFLICT and before.officer_subject == "eva" and self.state in OPEN:
                self.state = State.QUEUED
            assert (done.state, done.sequence) == (self.state, before.sequence + 1)

    def note_what_is_open(self, action):
        """What this test knows of the supplement requests and of the hold."""
        if action is Action.PUT_ON_HOLD:
            self.hold = self.until
        elif action in (Action.END_HOLD, Action.RECEIVE_SUPPLEMENT, Action.CLAIM, Action.REOPEN):
            self.hold = None
        if action is Action.REQUEST_SUPPLEMENT:
            self.open.append(local_date(self.now) + timedelta(days=14))
        elif action is Action.WITHDRAW_SUPPLEMENT_REQUEST:
            self.open.pop(0)
        elif action in (Action.RECEIVE_SUPPLEMENT, Action.DECIDE):
            self.open.clear()

    @invariant()
    def the_books_are_kept(self):
        case = only(self.store, Case)
        entries = everything(self.store, JournalEntry)
        assert case.state == self.state
        assert (case.officer_subject is None) == (self.state is State.QUEUED)
        assert journal.broken_at(entries, case.sequence) is None
        published = [
            Event.decode(row.body).sequence for row in everything(self.store, Outbox, exchange="arende.events")
        ]
        assert len(set(published)) == len(published)

    @invariant()
    def no_supplement_request_is_forgotten(self):
        case, entries = only(self.store, Case), everything(self.store, JournalEntry)
        requests = everything(self.store, SupplementRequest)
        assert len(requests) == sum(entry.action == Action.REQUEST_SUPPLEMENT for entry in entries)
        assert sorted(each.answer_by for each in requests if each.ended_at is None) == sorted(self.open)
        assert case.answer_by == min(self.open, default=None)
        if self.open:
            assert self.state in (State.QUEUED, State.AWAITING_SUPPLEMENT)

    @invariant()
    def no_hold_is_forgotten(self):
        holds, entries = everything(self.store, Hold), everything(self.store, JournalEntry)
        assert len(holds) == sum(entry.action == Action.PUT_ON_HOLD for entry in entries)
        assert [each.until for each in holds if each.ended_at is None] == ([self.hold] if self.hold else [])
        assert only(self.store, Case).on_hold_until == self.hold

    @property
    def until(self):
        """The time that a case put on hold now comes back, a week from now in winter and summer alike."""
        return datetime.combine(local_date(self.now) + timedelta(days=7), time(8), STOCKHOLM)

    @invariant()
    def the_last_day_is_what_the_journal_alone_gives(self):
        assert only(self.store, Case).due_on == clock_of(everything(self.store, JournalEntry)).next_last_day

    def attempt(self, action):
        """Do the action with words that fit it."""
        sent, store_and_time = command(self.case), {"sessions": self.store.sessions, "now": self.now}
        case, today = only(self.store, Case), local_date(self.now)
        other = "gata" if case.queue == "bygglov" else "bygglov"
        waiting = [each for each in everything(self.store, SupplementRequest) if each.ended_at is None]
        oldest = min(waiting, key=lambda each: each.answer_by).id if waiting else uuid4()
        attempts = {
            Action.CLAIM: lambda: claim(sent, **store_and_time),
            Action.RELEASE: lambda: release(sent, self.organisation, **store_and_time),
            Action.ASSIGN: lambda: assign(sent, "eva", self.organisation, **store_and_time),
            Action.TRANSFER: lambda: transfer(sent, other, "Fel kö.", self.organisation, **store_and_time),
            Action.REQUEST_SUPPLEMENT: lambda: request_supplement(
                sent, "Mer.", today + timedelta(days=14), **store_and_time
            ),
            Action.RECEIVE_SUPPLEMENT: lambda: receive_on_paper(sent, "Ritning.", today, **store_and_time),
            Action.WITHDRAW_SUPPLEMENT_REQUEST: lambda: withdraw_supplement_request(
                sent, oldest, "Fanns redan.", **store_and_time
            ),
            Action.EXTEND_DEADLINE: lambda: extend_deadline(sent, 10, "Yttrande.", **store_and_time),
            Action.REPORT_DELAY: lambda: report_delay(sent, "Många ärenden.", None, **store_and_time),
            Action.REQUEST_DECISION: lambda: request_decision(sent, today, **store_and_time),
            Action.REJECT_DECISION_REQUEST: lambda: reject_decision_request(
                sent, "Utreds.", None, self.organisation, **store_and_time
            ),
            Action.DECLARE_CONFLICT: lambda: declare_conflict(
                replace(sent, officer=replace(EVA, boards=None)), "Släkt.", self.organisation, **store_and_time
            ),
            Action.PUT_ON_HOLD: lambda: put_on_hold(
                sent, self.until.date(), "08:00", "Väntar på yttrande.", **store_and_time
            ),
            Action.END_HOLD: lambda: end_hold(sent, **store_and_time),
            Action.SET_PRIORITY: lambda: set_priority(
                sent, "normal" if case.priority else "urgent", "Brådskar.", **store_and_time
            ),
            Action.ADD_TAG: lambda: add_tag(sent, "yttrande", **store_and_time),
            Action.REMOVE_TAG: lambda: remove_tag(sent, "yttrande", **store_and_time),
            Action.NOTE: lambda: note(sent, "Ringde.", **store_and_time),
            Action.CORRECT_ADDRESS: lambda: correct_address(sent, "kim@example.se", "Ringde.", **store_and_time),
            Action.MESSAGE: lambda: message(sent, "Hej!", **store_and_time),
            Action.DECIDE: lambda: decide(sent, decision_data(), self.organisation, **store_and_time),
            Action.CLOSE: lambda: close(sent, **store_and_time),
            Action.WITHDRAW_CONFLICT: lambda: withdraw_conflict(
                replace(sent, officer=replace(ANNA, leads=True)), "eva", "Fel ärende.", **store_and_time
            ),
            Action.UNLINK: lambda: unlink_cases(sent, "finns inte", **store_and_time),
            Action.LINK: lambda: link_cases(sent, "finns inte", **store_and_time),
            Action.JOIN: lambda: join_cases(sent, "finns inte", **store_and_time),
            Action.REOPEN: lambda: reopen(sent, "Skrivfel.", **store_and_time),
        }
        return attempts[action]()

    def teardown(self):
        self.store.engine.dispose()
        self.folder.cleanup()


TestHandling = Handling.TestCase
TestHandling.settings = settings(max_examples=8, stateful_step_count=40, deadline=None)
