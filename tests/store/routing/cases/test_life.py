"""Cases through whatever officers, submitters and workers do with them: nothing is lost, forgotten or done twice.

A few lives in the ordinary suite; hundreds with ARENDE_TEST_LIVES=400, as after a change of how cases are changed.
Officers work before each step, so that also a few lives come to what matters: cases on hold are moved, and officers who
have a conflict of interest in a case try it, claim the next, and are given it. So does a course of actions that chance
alone would seldom bring together: a link is taken back, a case is reopened, one that lacks something is moved, one is
to be handed over to who has a conflict of interest in it, a bulk job's worker is killed everywhere.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import wraps
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings, stateful
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test
from sqlalchemy import update

from services.routing.actions.command import CaseCommand
from services.routing.actions.end_hold import end_due_holds
from services.routing.actions.registry import DEFINITIONS
from services.routing.bulk import perform_jobs
from services.routing.bulk.models import BulkCase, BulkJob, Progress
from services.routing.bulk.offer import IN_BULK
from services.routing.bulk.order import MOST_JOBS, Order, TooManyJobs, place
from services.routing.bulk.perform_jobs import JobPerformer
from services.routing.bulk.selections import ChosenCase
from services.routing.cases import journal
from services.routing.cases.errors import CaseNotFound, CaseNotKnownYet, InvalidInput, PartialOfficer, StaleCase
from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.state_machine import OPEN, Action, ActionNotAllowed, State, allowed
from services.routing.context import RoutingContext
from services.routing.deadlines.clock import clock_of
from services.routing.desk.sessions import WORKING_DAY
from services.routing.directory import hand_over
from services.routing.directory.absences import AbsenceRequest, NotYours, enter_absence, remove_absence
from services.routing.directory.models import HandOver
from services.routing.holds.models import Hold
from services.routing.models import FailedEvent, Inbox, Outbox
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from services.routing.queues.claim_next import claim_next
from services.routing.subtasks import subtasks
from services.routing.subtasks.models import Subtask
from services.routing.supplements.models import SupplementRequest
from services.routing.watchers import watchers
from services.routing.watchers.models import Watcher
from services.routing.worker import handlers
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived, SubmissionSupplemented
from shared.files.storage import Storage
from shared.swedish.time import STOCKHOLM, local_date
from shared.swedish.working_days import last_day
from tests.builders import NOON, HandClock, a_submission, received, supplemented
from tests.store.routing.cases.drawn import (
    BOARDS,
    CASES,
    GIVES_TO_WORK_WITH,
    LENA,
    OFFICERS,
    Attempt,
    courses,
    in_bulk,
    moments,
    numbers,
    officers,
    queues,
    several,
    work,
)
from tests.store.routing.cases.expected import MAY_BE_INVALID, Expected, ExpectedItem, ExpectedJob
from tests.store.routing.cases.points import Killed, killed, overtaken
from tests.store.routing.casework import (
    ESERVICES,
    EVA,
    LINK_KEY,
    MUNICIPALITIES,
    PERMIT,
    Casework,
    everything,
    only,
)

LIVES = int(os.environ.get("ARENDE_TEST_LIVES", "4"))
STEPS = 12 if LIVES < 50 else 40


_REASONS: Mapping[type[Exception], str] = {
    CaseNotFound: "not_found",
    StaleCase: "changed",
    PartialOfficer: "partial",
    ActionNotAllowed: "not_allowed",
    InvalidInput: "invalid",
}


def rule(**given: st.SearchStrategy[Any]) -> Callable[[Any], Any]:
    """A step of a life. Before each, officers work, and a course is run: Hypothesis leaves out half of the rules."""

    def decorate(step: Any) -> Any:
        @wraps(step)
        def after_work(self: Any, before: Sequence[Attempt] = (), then: Any = None, **drawn: Any) -> None:
            self.officers_work(before)
            self.run_course(then)
            step(self, **drawn)

        return stateful.rule(before=work, then=courses, **given)(after_work)

    return decorate


@dataclass
class World:
    """What all lives share: the store, and the casework; each life has cases of its own in it."""

    store: Database
    clock: HandClock
    context: RoutingContext
    ids: Mapping[str, UUID]

    @property
    def organisation(self):
        """The municipality's casework."""
        return self.context.organisations["2039"]

    @property
    def store_and_time(self):
        """The store and the time, as use cases take them."""
        return {"sessions": self.store.sessions, "now": self.clock()}


class Life(RuleBasedStateMachine):
    """Three cases of two boards, five officers, a worker that may be killed, and events that come when they like."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.clock, self.store = world, world.clock, world.store
        self.clock.now = NOON
        self.processor = EventProcessor(
            "routing",
            self.store.sessions,
            Tables(Outbox, Inbox, FailedEvent),
            handlers(lambda: world.context.organisations, self.clock),
            self.clock,
        )
        permit = replace(a_submission().handling, deadline=PERMIT)
        forms = [{"handling": permit}, {"regime": "faktiskt_handlande"}, {"regime": "faktiskt_handlande"}]
        self.submissions = [  # each of a time of its own: what is next in a queue does not hang on their ids
            a_submission(received_at=NOON - timedelta(minutes=number), **form) for number, form in enumerate(forms)
        ]
        self.events = [received(each, at=self.clock()) for each in self.submissions]
        self.arrived: set[UUID] = set()
        self.cases: dict[int, Expected] = {}
        self.jobs: list[ExpectedJob] = []
        self.away: set[str] = set()
        for number in range(CASES - 1):
            self._arrive([self.events[number]])

    def _tick(self) -> None:
        self.clock.move(seconds=1)  # so that all that is ordered by time has an order

    # What comes from outside

    @rule(hours=st.sampled_from([1, 11, 24 * 3, 24 * 8, 24 * 60]))
    def time_passes(self, hours):
        self.clock.move(hours=hours)

    @rule(number=numbers)
    def a_submitter_sends_a_supplement(self, number):
        self._tick()
        self.events.append(supplemented(self.submissions[number], at=self.clock()))

    @rule(chosen=st.lists(st.integers(0, 30), min_size=1, max_size=4))
    def events_arrive(self, chosen):
        """In any order, some of them again."""
        self._tick()
        self._arrive([self.events[each % len(self.events)] for each in chosen])

    def _arrive(self, events: list[Event]) -> None:
        new = {each.id: each for each in events if each.id not in self.arrived}
        supplements = [each for each in new.values() if each.name == SubmissionSupplemented.NAME]
        of_case = {each.id: self._number_of(each) for each in new.values()}
        try:
            self.processor.handle(events)
        except CaseNotKnownYet:
            assert any(of_case[each.id] not in self.cases for each in supplements)
            return
        assert all(of_case[each.id] in self.cases for each in supplements)
        for each in supplements:
            data = {"received_at": each.time}
            self.cases[of_case[each.id]].performed(Action.RECEIVE_SUPPLEMENT, None, data, self.clock())
        for each in new.values():
            if each not in supplements:
                self._registered(of_case[each.id])
        self.arrived |= new.keys()

    def _number_of(self, event: Event) -> int:
        subjects = [str(each.submission_id) for each in self.submissions]
        return subjects.index(event.subject)

    def _registered(self, number: int) -> None:
        submission = self.submissions[number]
        case = only(self.store, Case, submission_id=submission.submission_id)
        has_decision, received_on = submission.handling.legal_regime.has_decision, local_date(submission.received_at)
        helper = "eva" if case.board in EVA.boards else "bea"
        given = {"assignee_subject": helper, "organisation": self.world.organisation, **self.world.store_and_time}
        subtask = subtasks.add(LENA, case.id, "Ring.", **given)
        watchers.watch(LENA, case.id, **self.world.store_and_time)
        self.cases[number] = Expected(
            case.id, case.number, case.board, case.queue, has_decision, received_on, subtask.id, helper
        )

    # What officers do

    def officers_work(self, attempts):
        for each in attempts:
            if each.number in self.cases:
                self._work(**each._asdict())

    def _work(self, officer, number, actions, other, queue, neighbour, partial, moves, of_queue, stale, twice):
        case = self.cases[number]
        action = next((each for each in actions if each in allowed(case.state)), actions[0])
        if moves and case.hold:
            action, [queue] = Action.TRANSFER, BOARDS.keys() - {case.queue}
        if partial and case.partial and action in GIVES_TO_WORK_WITH:
            [subject, *_] = sorted(case.partial)
            officer, other = (officer, subject) if action is Action.ASSIGN else (subject, other)
        if of_queue and action is Action.CLAIM:
            self._claim_next(officer, case.queue if partial else queue)
        else:
            self._try(officer, number, action, self._data(action, number, other, queue, neighbour), stale, twice)

    def _try(self, officer, number, action, data, stale=False, twice=False):
        case = self.cases[number]
        self._tick()
        version = max(1, case.version - 1) if stale else None
        expected = case.refusal(OFFICERS[officer], action, data, OFFICERS, version)
        key = f"{case.case_id} {case.version}" if twice else None
        sent = CaseCommand(OFFICERS[officer], case.case_id, version=version, key=key)
        outcome = self._tried(lambda: self._perform(sent, action, data))
        if outcome == "invalid" and expected is None:
            assert action in MAY_BE_INVALID
        else:
            assert (outcome if isinstance(outcome, str) else None) == expected
        if isinstance(outcome, str):
            return
        case.performed(action, officer, data, self.clock())
        assert (outcome.state, outcome.sequence) == (case.state, case.version)
        if twice:
            assert self._perform(sent, action, data) == outcome

    def _tried(self, attempt: Callable[[], Any]) -> Any:
        try:
            return attempt()
        except tuple(_REASONS) as error:
            return _REASONS[type(error)]

    def _data(self, action: Action, number: int, other: str, queue: str, neighbour: int = 1) -> dict[str, Any]:
        """Words that fit the action."""
        today = local_date(self.clock())
        until = datetime.combine(today + timedelta(days=7), time(8), STOCKHOLM)
        reason = {"reason": "Därför."}
        oldest = self._oldest_request(self.cases[number]) if action is Action.WITHDRAW_SUPPLEMENT_REQUEST else None
        second = self.cases.get((number + neighbour) % CASES)
        pair = {"number": second.number if second else "0", "other": second}
        fitting: dict[Action, dict[str, Any]] = {
            Action.ASSIGN: {"officer_subject": other},
            Action.TRANSFER: {"queue": queue, "board": BOARDS[queue], **reason},
            Action.REQUEST_SUPPLEMENT: {"text": "Mer.", "answer_by": today + timedelta(days=14)},
            Action.RECEIVE_SUPPLEMENT: {"text": "Ritning.", "received_on": today},
            Action.WITHDRAW_SUPPLEMENT_REQUEST: {"request_id": oldest, **reason},
            Action.EXTEND_DEADLINE: {"amount": 10, **reason},
            Action.REPORT_DELAY: {**reason, "expected_on": None},
            Action.REQUEST_DECISION: {"received_on": today},
            Action.REJECT_DECISION_REQUEST: {**reason, "decided_by": None},
            Action.DECLARE_CONFLICT: reason,
            Action.WITHDRAW_CONFLICT: {"officer_subject": other, **reason},
            Action.PUT_ON_HOLD: {"until_day": until.date(), "until_time": "08:00", "until": until, **reason},
            Action.SET_PRIORITY: {"priority": "urgent", **reason},
            Action.ADD_TAG: {"tag": "yttrande"},
            Action.REMOVE_TAG: {"tag": "yttrande"},
            Action.NOTE: {"text": "Ringde."},
            Action.MESSAGE: {"text": "Hej!"},
            Action.CORRECT_ADDRESS: {"email": "kim@example.com", **reason},
            Action.DECIDE: {"outcome": "bifall", "reasons": "9 kap. 30 § PBL."},
            Action.CLOSE: {"confirmed": True},  # each case has a sub-task that is never finished
            Action.REOPEN: reason,
            **dict.fromkeys((Action.LINK, Action.UNLINK, Action.JOIN), pair),
        }
        return fitting.get(action, {})

    def _perform(self, sent: Any, action: Action, data: Mapping[str, Any]) -> Any:
        """Do it as the API does, with what the action's schema would have read."""
        definition = DEFINITIONS[action]
        names = definition.schema(self.clock).fields
        read = {name: value for name, value in data.items() if name in names}
        return definition.perform(self.world.context, sent, read)

    def _claim_next(self, officer, queue):
        if not OFFICERS[officer].sees_board(BOARDS[queue], protected=False):
            return
        self._tick()
        done = claim_next(OFFICERS[officer], queue, self.world.organisation, **self.world.store_and_time)
        waiting = {
            number: each
            for number, each in self.cases.items()
            if (each.queue, each.state) == (queue, State.QUEUED) and officer not in each.partial
        }
        if done is None:
            assert all(each.hold for each in waiting.values())
            return
        claimed = [number for number, each in waiting.items() if each.case_id == done.case_id]
        assert claimed, "handed out though it does not wait there, or to somebody who has a conflict of interest in it"
        self.cases[claimed[0]].performed(Action.CLAIM, officer, {}, self.clock())

    # Courses

    def run_course(self, drawn):
        if drawn:
            name, given = drawn
            getattr(self, name)(**given)

    def _does(self, officer: str, number: int, *actions: Action, queue: str = "gata", neighbour: int = 1) -> None:
        """Have the officer try these, one after the other."""
        for each in actions:
            self._try(officer, number, each, self._data(each, number, officer, queue, neighbour))

    def _whoever(self, *cases: Expected) -> str | None:
        """Somebody who may work with all of these."""
        able = (each for each in OFFICERS.values() if all(case.may_be_given_to(each) for case in cases))
        return next((each.subject for each in able), None)

    def two_cases_are_linked_and_apart_again(self, number, neighbour, back):
        """The link is taken back from the case that it was made from, or `back` from the other."""
        officer = self._brings_together(number, neighbour)
        if officer:
            self._does(officer, number, Action.LINK, neighbour=neighbour)
            second = (number + neighbour) % CASES
            number, neighbour = (second, CASES - neighbour) if back else (number, neighbour)
            self._does(officer, number, Action.UNLINK, neighbour=neighbour)

    def a_case_is_joined_and_reopened(self, number, neighbour):
        """It is handled in the other case meanwhile."""
        officer = self._brings_together(number, neighbour)
        if officer:
            self._does(officer, number, Action.JOIN, neighbour=neighbour)
            self._does(officer, number, Action.REOPEN)

    def _brings_together(self, number: int, neighbour: int) -> str | None:
        """Have both cases be of one board; who has done so."""
        case, second = (self.cases.get(each % CASES) for each in (number, number + neighbour))
        officer = self._whoever(case, second) if case and second else None
        if officer and case.board != second.board:
            self._does(officer, number, Action.TRANSFER, queue=second.queue)
        return officer

    def a_case_is_decided_and_reopened(self, number, days, lacks, closes):
        """After its deadline was extended, where that may be; something lacks or not, it is closed meanwhile or not."""
        case = self.cases.get(number)
        officer = self._whoever(case) if case else None
        if officer:
            self._does(officer, number, Action.ASSIGN, Action.EXTEND_DEADLINE, *[Action.REQUEST_SUPPLEMENT] * lacks)
            self._does(officer, number, Action.DECIDE, *[Action.CLOSE] * closes)
            self.clock.move(days=days)
            self._does(officer, number, Action.REOPEN)

    def a_case_that_lacks_something_is_moved(self, number):
        """To the other queue, where the submitter is waited for all the same."""
        case = self.cases.get(number)
        officer = self._whoever(case) if case else None
        if officer:
            [queue] = BOARDS.keys() - {case.queue}
            self._does(officer, number, Action.ASSIGN, Action.REQUEST_SUPPLEMENT)
            self._does(officer, number, Action.TRANSFER, queue=queue)

    def what_eva_has_is_handed_over_to_somebody_partial(self, number, to):
        """Both the case and its sub-task are then Eva's as before."""
        case = self.cases.get(number)
        if case and "eva" not in case.partial:
            if not case.may_be_given_to(EVA):
                self._does("lena", number, Action.TRANSFER, queue="bygglov")
            self._does(to, number, Action.DECLARE_CONFLICT)
            self._try("lena", number, Action.ASSIGN, {"officer_subject": "eva"})
            self._give_eva_the_subtask(case)
            self.evas_cases_are_handed_over(officer="lena", to=to, partial=False, kill=None)

    def _give_eva_the_subtask(self, case: Expected) -> None:
        if case.may_be_given_to(EVA):
            organisation, sessions = self.world.organisation, self.store.sessions
            subtasks.reassign(LENA, case.subtask, "eva", organisation=organisation, sessions=sessions)
            case.helper = "eva"

    def a_job_ends_though_its_worker_is_killed_everywhere(self, chosen, action, queue):
        """Once at each moment when a transaction begins or commits."""
        if self._orders_alone(chosen, action, queue):
            next(point for point in count(1) if not self._turn(point))
            self._all_jobs_end()

    def two_workers_come_to_the_same_cases(self, chosen, point):
        """The second takes its turn when the first has chosen cases and come to one of them."""
        if job := self._orders_alone(chosen, Action.NOTE):
            self._tick()
            with overtaken(self.store, point, self._work_on_jobs):
                self._work_on_jobs()
            self._note_handled([(job, each) for each in job.items])

    def _orders_alone(self, chosen: Sequence[int], action: Action, queue: str = "gata") -> ExpectedJob | None:
        """An order of somebody who may work with all these cases, when no other is waiting."""
        known = [each for each in chosen if each in self.cases]
        officer = self._whoever(*(self.cases[each] for each in known))
        self._all_jobs_end()
        return self._order(officer, known, action, officer, queue) if officer and known else None

    # Absence and hand-over

    @rule()
    def eva_goes_away_with_bea_as_her_deputy_or_comes_back(self):
        ids = self.world.ids
        if "eva" in self.away:
            remove_absence(LENA, ids["eva"], self.absence, **self.world.store_and_time)
            self.away.clear()
        else:
            today = local_date(self.clock())
            request = AbsenceRequest(today, None, ids["bea"])
            self.absence = enter_absence(LENA, ids["eva"], request, **self.world.store_and_time).id
            self.away.add("eva")

    @rule(
        officer=st.sampled_from(["bea", "lena", "eva"]),
        to=st.none() | st.sampled_from(["bea", "erik", "anna"]),
        partial=st.booleans(),
        kill=moments,
    )
    def evas_cases_are_handed_over(self, officer, to, partial, kill):
        """By Eva, who leads, or her deputy while she is away; whoever does it may be interrupted."""
        self._tick()
        ids, by = self.world.ids, OFFICERS[officer]
        if partial:
            to = min(self._partial_in(self._open_of("eva", by)) - {"eva", "lena"}, default=to)
        request = hand_over.HandOverRequest(ids[to] if to else None)
        may = officer != "bea" or "eva" in self.away
        finds = to is None or by.boards is None or OFFICERS[to].boards is None or by.boards & OFFICERS[to].boards
        before, begun = self._open_of("eva", by), len(everything(self.store, HandOver))
        try:
            with killed(self.store, kill):
                hand_over.begin(by, ids["eva"], request, self.world.organisation, **self.world.store_and_time)
        except Killed:
            if len(everything(self.store, HandOver)) == begun:
                return
        except (NotYours, InvalidInput) as refusal:
            assert not may if isinstance(refusal, NotYours) else not finds
            return
        assert may and finds
        self._sync_handed(before, by, to)
        list(hand_over.carry_on_all(self.world.context.organisations, sessions=self.store.sessions, clock=self.clock))
        self._sync_handed(self._open_of("eva", by), by, to)
        self._hand_subtasks(by, to)
        assert not [each for each in self._open_of("eva", by) if to is None or each.may_be_given_to(OFFICERS[to])]
        assert everything(self.store, HandOver, ended_at=None) == []

    def _open_of(self, subject: str, by: Officer) -> list[Expected]:
        return [
            each
            for each in self.cases.values()
            if each.officer == subject and each.state in OPEN and (by.boards is None or each.board in by.boards)
        ]

    def _sync_handed(self, cases: list[Expected], by: Officer, to: str | None) -> None:
        """Note those that have been handed over, which only those may be that the new officer may have."""
        for each in cases:
            if self._row(each).officer_subject == "eva":
                continue
            assert to is None or each.may_be_given_to(OFFICERS[to])
            action, data = (Action.ASSIGN, {"officer_subject": to}) if to else (Action.RELEASE, {})
            each.performed(action, by.subject, data, self.clock())

    def _hand_subtasks(self, by: Officer, to: str | None) -> None:
        """They go at the end: to the new officer, without one to who has the case, and nowhere who may not have it."""
        for each in self.cases.values():
            new, seen = to or each.officer, by.boards is None or each.board in by.boards
            if each.helper == "eva" and seen and new and each.may_be_given_to(OFFICERS[new]):
                each.helper = new

    # Many cases at once

    @rule(
        officer=officers,
        chosen=several,
        action=in_bulk,
        other=officers,
        queue=queues,
        partial=st.booleans(),
        turns=st.lists(moments, min_size=1, max_size=2),
    )
    def an_officer_orders_an_action_for_many(self, officer, chosen, action, other, queue, partial, turns):
        """By somebody, or to somebody, who may have a conflict of interest in one; a worker may come to it at once."""
        known = [each for each in chosen if each in self.cases]
        if partial and (subjects := self._partial_in(self.cases[each] for each in known)):
            officer, other = (officer, min(subjects)) if action is Action.ASSIGN else (min(subjects), other)
        if known and self._order(officer, known, action, other, queue):
            for kill in turns:
                self._turn(kill)

    def _order(
        self, officer: str, numbers: Sequence[int], action: Action, other: str, queue: str
    ) -> ExpectedJob | None:
        """Order it, unless the officer has too many jobs."""
        self._tick()
        data = self._data(action, numbers[0], other, queue)
        names = IN_BULK[action].schema(self.clock).fields
        request = {name: value for name, value in data.items() if name in names}
        items = [ExpectedItem(each, self.cases[each].version) for each in numbers]
        chosen = [ChosenCase(self.cases[each.number].case_id, each.version) for each in items]
        try:
            placed = place(Order(OFFICERS[officer], action, request), chosen, **self.world.store_and_time)
        except TooManyJobs:
            assert len(everything(self.store, BulkJob, officer_subject=officer, finished_at=None)) >= MOST_JOBS
            return None
        self.jobs.append(ExpectedJob(placed.id, OFFICERS[officer], action, data, self.clock(), items))
        return self.jobs[-1]

    def _partial_in(self, cases: Iterable[Expected]) -> set[str]:
        return {subject for each in cases for subject in each.partial}

    @rule(kill=moments)
    def a_worker_takes_a_turn(self, kill):
        self._turn(kill)

    def _turn(self, kill: int | None = None) -> bool:
        """A worker's turn; whether it was killed."""
        self._tick()
        due = [(job, each) for job in self.jobs for each in job.waiting[: perform_jobs.SLICE]]
        try:
            with killed(self.store, kill):
                self._work_on_jobs()
        except Killed:
            self._note_handled(due)
            return True
        self._note_handled(due)
        assert all(each.progress != Progress.WAITING for _, each in due)
        return False

    def _work_on_jobs(self) -> None:
        JobPerformer("routing-bulk", self.store, self.world.context).turn(threading.Event())

    def _note_handled(self, due: Sequence[tuple[ExpectedJob, ExpectedItem]]) -> None:
        """What must have become of the cases that a worker has come to, in the order in which it does."""
        records = self._records()
        for job, each in due:
            if records[job.id, self.cases[each.number].case_id] != Progress.WAITING:
                self._note_item(job, each)

    def _note_item(self, job: ExpectedJob, item: ExpectedItem) -> None:
        case = self.cases[item.number]
        if self.clock() >= job.ordered_at + WORKING_DAY:
            item.progress = "rights_over"
            return
        seen = item.version if DEFINITIONS[job.action].conditional else None
        refusal = case.refusal(job.officer, job.action, job.data, OFFICERS, seen)
        item.progress = refusal or Progress.PERFORMED
        if refusal is None:
            case.performed(job.action, job.officer.subject, job.data, self.clock())

    def _records(self) -> dict[tuple[UUID, UUID], str]:
        """How each case of each job stands: its progress, or why it failed."""
        found = [
            each for case in self.cases.values() for each in everything(self.store, BulkCase, case_id=case.case_id)
        ]
        return {(each.job_id, each.case_id): each.reason or each.progress for each in found}

    def _all_jobs_end(self) -> None:
        for _ in range(CASES * len(self.jobs) + 1):
            if everything(self.store, BulkJob, finished_at=None):
                self._turn()
        assert everything(self.store, BulkJob, finished_at=None) == []

    # What time does

    @rule()
    def a_worker_ends_what_holds_are_due(self):
        self._tick()
        list(end_due_holds(sessions=self.store.sessions, now=self.clock()))
        for each in self.cases.values():
            if each.hold and each.hold <= self.clock():
                each.performed(Action.END_HOLD, None, {}, self.clock())

    # What must always be true

    def _row(self, case: Expected) -> Case:
        return only(self.store, Case, id=case.case_id)

    def _entries(self, case: Expected) -> list[JournalEntry]:
        return list(everything(self.store, JournalEntry, case_id=case.case_id))

    def _oldest_request(self, case: Expected) -> UUID:
        requests = [
            each for each in everything(self.store, SupplementRequest, case_id=case.case_id) if not each.ended_at
        ]
        return min(requests, key=lambda each: each.requested_at).id if requests else case.case_id

    @invariant()
    def each_case_is_what_was_made_of_it(self):
        """Each table is read once: to look is a large part of a life's time."""
        journals = []
        for each in self.cases.values():
            case, entries = self._row(each), self._entries(each)
            self._stands_where_it_must_and_its_journal_has_all_that_was_performed(each, case, entries)
            self._has_every_hold_and_request(each, case)
            self._has_its_subtask_and_its_watcher(each)
            journals += entries
        self._each_case_of_a_job_is_performed_once_or_not_at_all_and_it_is_known_why(journals)

    def _stands_where_it_must_and_its_journal_has_all_that_was_performed(self, expected, case, entries):
        assert (case.state, case.officer_subject, case.queue, case.board) == (
            expected.state,
            expected.officer,
            expected.queue,
            expected.board,
        )
        assert [(entry.action, entry.actor_subject) for entry in entries] == expected.entries
        assert journal.broken_at(entries, case.sequence) is None
        assert case.due_on == clock_of(entries).next_last_day
        if expected.period_from:
            assert case.due_on == last_day(expected.period_from, PERMIT.amount, PERMIT.unit)

    def _has_every_hold_and_request(self, expected, case):
        holds = everything(self.store, Hold, case_id=case.id)
        requests = everything(self.store, SupplementRequest, case_id=case.id)
        assert (len(holds), len(requests)) == (expected.holds, expected.requested)
        assert [hold.until for hold in holds if not hold.ended_at] == ([expected.hold] if expected.hold else [])
        assert sorted((one.requested_at, one.answer_by) for one in requests if not one.ended_at) == sorted(
            expected.requests
        )
        assert (case.on_hold_until, case.answer_by) == (
            expected.hold,
            min((day for _, day in expected.requests), default=None),
        )

    def _has_its_subtask_and_its_watcher(self, expected):
        subtask = only(self.store, Subtask, case_id=expected.case_id)
        assert (subtask.assignee_subject, subtask.finished_at) == (expected.helper, None)
        assert [one.subject for one in everything(self.store, Watcher, case_id=expected.case_id)] == ["lena"]

    def _each_case_of_a_job_is_performed_once_or_not_at_all_and_it_is_known_why(self, journals):
        ids = {number: each.case_id for number, each in self.cases.items()}
        expected = {(job.id, ids[each.number]): each.progress for job in self.jobs for each in job.items}
        assert self._records() == expected
        of_jobs = Counter((UUID(each.data["bulk_job"]), each.case_id) for each in journals if "bulk_job" in each.data)
        assert of_jobs == Counter(key for key, progress in expected.items() if progress == Progress.PERFORMED)

    def _nothing_was_published_twice(self):
        for each in self.cases.values():
            rows = everything(self.store, Outbox, subject=str(each.case_id), exchange="arende.events")
            published = [Event.decode(row.body).sequence for row in rows]
            assert len(set(published)) == len(published)

    @rule()
    def all_that_waits_comes_to_its_end(self):
        """Every event arrives, every job ends, and every case comes back."""
        self._arrive([each for each in self.events if each.name == SubmissionReceived.NAME])
        self._arrive(self.events[::-1])
        self.clock.move(days=8)
        self.a_worker_ends_what_holds_are_due()
        self._all_jobs_end()
        assert len(self.cases) == CASES
        assert all(each.hold is None for each in self.cases.values())

    def teardown(self):
        """Leave nothing that the next life would come upon."""
        if self.away:
            self.eva_goes_away_with_bea_as_her_deputy_or_comes_back()
        with self.store.sessions.begin() as session:
            session.execute(update(Case).values(state=State.CLOSED, officer_subject=None, on_hold_until=None))
            session.execute(update(Hold).values(ended_at=NOON))
            session.execute(update(BulkJob).values(finished_at=NOON))
            session.execute(update(HandOver).values(ended_at=NOON))
        self._nothing_was_published_twice()  # what was is there still


@pytest.fixture
def world(store, clock, tmp_path):
    """The store, the casework, and officers of both boards who know each other."""
    live = loader.live(MUNICIPALITIES, ESERVICES)
    context = RoutingContext(store.sessions, live, clock, "https://e.example.se", LINK_KEY, 20, Storage(tmp_path))
    ids = Casework(store, print, clock).knows(*OFFICERS.values())
    return World(store, clock, context, dict(zip(OFFICERS, ids, strict=True)))


@pytest.mark.timeout(240 + 10 * LIVES)
def test_whatever_happens_nothing_is_lost_forgotten_or_done_twice(world, monkeypatch):
    monkeypatch.setattr(perform_jobs, "SLICE", 2)
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    lives = settings(max_examples=LIVES, stateful_step_count=STEPS, deadline=None, suppress_health_check=slow)

    run_state_machine_as_test(lambda: Life(world), settings=lives)
