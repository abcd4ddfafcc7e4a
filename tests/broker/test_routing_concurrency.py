"""Many officers and many registrars at once, on a real PostgreSQL."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import sessionmaker

from services.routing.actions.command import CaseCommand
from services.routing.actions.decide import decide
from services.routing.actions.note import note
from services.routing.cases import delivery_status, journal
from services.routing.cases.errors import StaleCase
from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.state_machine import ActionNotAllowed
from services.routing.decisions.models import Decision
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.claim_next import claim_next
from services.routing.registration.register_case import register
from shared.bus.event_processor import OpenedEvent
from shared.database import Database
from shared.events.intake import SubmissionReceived
from shared.events.notify import NotificationDelivered, NotificationFailed
from tests.builders import NOON, a_submission, opened
from tests.bus import eventually
from tests.store.routing.notifications import delivered, failed
from tests.stores import migrated

pytestmark = pytest.mark.postgres

OFFICERS = 32
REGISTRARS = CONNECTIONS = 16
ANNA = Officer("anna", "Anna Andersson", "2039", None)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OUTCOMES = {kind.NAME: kind for kind in (NotificationDelivered, NotificationFailed)}


@pytest.fixture
def store(postgres_database: Callable[[], str]) -> Iterator[Database]:
    """Routing's store on PostgreSQL, with as many connections as a web has: more who come at once wait for one."""
    url = postgres_database()
    migrated(url, "routing").engine.dispose()
    engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=0)
    yield Database(engine, sessionmaker(engine, expire_on_commit=False))
    engine.dispose()


@pytest.fixture(scope="module")
def alvdalen() -> Organisation:
    """The casework of Älvdalen."""
    return loader.load(Path("municipalities"), Path("eservices"))["2039"]


class Interrupted(Exception):
    """What makes a registrar's transaction roll back."""


def register_some(store: Database, organisation: Organisation, count: int, spoilt: Callable[[int], bool]) -> None:
    """Register submissions, each in a transaction of its own; a spoilt one is rolled back after its work."""
    for number in range(count):
        try:
            with store.sessions.begin() as session:
                register(opened(a_submission()), {"2039": organisation}, session=session, now=NOON)
                if spoilt(number):
                    raise Interrupted
        except Interrupted:
            pass


def all_at_once(count: int, run: Callable[[int], object]) -> list[object]:
    """Let so many threads run at the same moment."""
    barrier = threading.Barrier(count)

    def one(number: int) -> object:
        barrier.wait()
        return run(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_32_officers_who_claim_at_once_get_a_case_each_until_none_is_left(store, alvdalen):
    register_some(store, alvdalen, 3 * OFFICERS + 4, lambda _: False)

    def claim_until_empty(number: int) -> list[object]:
        officer = replace(ANNA, subject=f"officer-{number}")
        store_and_time = {"sessions": store.sessions, "now": NOON}
        return list(iter(lambda: claim_next(officer, "bygglov", alvdalen, **store_and_time), None))

    claimed = [done.case_id for taken in all_at_once(OFFICERS, claim_until_empty) for done in taken]

    assert len(claimed) == len(set(claimed)) == 3 * OFFICERS + 4
    with store.sessions() as session:
        actions = Counter(session.scalars(select(JournalEntry.action)))
        assert actions["claim"] == 3 * OFFICERS + 4
        assert set(session.scalars(select(Case.state))) == {"assigned"}


def test_a_series_has_no_gap_though_16_register_at_once_and_some_are_interrupted(store, alvdalen):
    all_at_once(REGISTRARS, lambda who: register_some(store, alvdalen, 10, lambda number: (number + who) % 3 == 0))

    with store.sessions() as session:
        numbers = sorted(session.scalars(select(Case.register_number)))
    kept = sum((number + who) % 3 != 0 for who in range(REGISTRARS) for number in range(10))
    assert numbers == list(range(1, kept + 1))


def of_board(board: str) -> SubmissionReceived:
    """A submission that is registered in the board's series."""
    return a_submission(handling=replace(a_submission().handling, board=board))


def test_batches_that_need_the_same_series_in_opposite_orders_do_not_stop_each_other(store, alvdalen):
    def register_batches(who: int) -> None:
        boards = ("TN", "BN", "KS")[:: 1 if who % 2 else -1]
        for _ in range(10):
            with store.sessions.begin() as session:
                batch = opened(*map(of_board, boards))
                register(batch, {"2039": alvdalen}, session=session, now=NOON)

    all_at_once(8, register_batches)

    with store.sessions() as session:
        assert Counter(session.scalars(select(Case.register_board))) == {"TN": 80, "BN": 80, "KS": 80}


def test_a_series_that_is_registered_in_keeps_no_other_waiting(store, alvdalen):
    with store.sessions.begin() as session:
        register(opened(of_board("BN")), {"2039": alvdalen}, session=session, now=NOON)
        with store.sessions.begin() as other:
            other.execute(text("SET LOCAL lock_timeout = '200ms'"))
            register(opened(of_board("TN")), {"2039": alvdalen}, session=other, now=NOON)

    with store.sessions() as session:
        assert Counter(session.scalars(select(Case.number))) == {"BN 2026-00001": 1, "TN 2026-00001": 1}


def test_a_batch_takes_its_series_in_one_order_and_holds_none_while_it_waits_for_the_first(store, alvdalen):
    def register_of(*boards: str) -> None:
        with store.sessions.begin() as session:
            session.execute(text("SET LOCAL lock_timeout = '20s'"))
            register(opened(*map(of_board, boards)), {"2039": alvdalen}, session=session, now=NOON)

    def waits() -> bool:
        with store.sessions() as session:
            return bool(session.scalar(text(WAITING)))

    with ThreadPoolExecutor() as pool:
        with store.sessions.begin() as session:
            register(opened(of_board("BN")), {"2039": alvdalen}, session=session, now=NOON)
            waiting = pool.submit(register_of, "TN", "BN")
            eventually(waits)
            register_of("TN")
        waiting.result()


def test_workers_whose_batches_overlap_register_each_submission_once_and_without_a_gap(store, alvdalen):
    submissions = [of_board(("TN", "BN", "KS")[number % 3]) for number in range(120)]

    def work(who: int) -> None:
        chance = Random(who)
        for first in range(0, 120, 12):
            batch = submissions[first : first + 12] + chance.sample(submissions, 6)
            chance.shuffle(batch)
            try:
                with store.sessions.begin() as session:
                    register(opened(*batch), {"2039": alvdalen}, session=session, now=NOON)
                    if chance.random() < 0.3:
                        raise Interrupted
            except Interrupted:
                with store.sessions.begin() as session:
                    register(opened(*batch), {"2039": alvdalen}, session=session, now=NOON)

    all_at_once(4, work)

    with store.sessions() as session:
        cases = session.scalars(select(Case).order_by(Case.register_number)).all()
    assert sorted(case.submission_id for case in cases) == sorted(each.submission_id for each in submissions)
    for board in ("TN", "BN", "KS"):
        assert [case.register_number for case in cases if case.register_board == board] == list(range(1, 41))


def test_outcomes_about_the_same_cases_recorded_at_once_in_any_order_leave_the_latest(store, alvdalen):
    submissions = [a_submission() for _ in range(10)]
    with store.sessions.begin() as session:
        register(opened(*submissions), {"2039": alvdalen}, session=session, now=NOON)

    def work(who: int) -> None:
        events = [(failed, delivered)[(who + n) % 2](each, minutes=who) for n, each in enumerate(submissions)]
        Random(who).shuffle(events)
        outcomes = [OpenedEvent(each, OUTCOMES[each.name].open(each)) for each in events]
        with store.sessions.begin() as session:
            delivery_status.record(outcomes, session=session, now=NOON)

    all_at_once(8, work)

    with store.sessions() as session:
        marked = {case.submission_id: case.undelivered for case in session.scalars(select(Case))}
        broken = [
            journal.broken_at(journal.entries(session, case), case.sequence) for case in session.scalars(select(Case))
        ]
    assert [marked[each.submission_id] for each in submissions] == [n % 2 == 1 for n in range(10)]
    assert broken == [None] * 10


def test_one_submission_received_by_16_registrars_at_once_is_one_case(store, alvdalen):
    submission = a_submission()

    def register_it(_: int) -> None:
        with store.sessions.begin() as session:
            register(opened(submission), {"2039": alvdalen}, session=session, now=NOON)

    all_at_once(REGISTRARS, register_it)

    with store.sessions() as session:
        assert list(session.scalars(select(Case.register_number))) == [1]


def test_of_officers_who_decide_the_same_version_at_once_one_decides(store, alvdalen):
    register_some(store, alvdalen, 1, lambda _: False)
    store_and_time = {"sessions": store.sessions, "now": NOON}
    case = claim_next(ANNA, "bygglov", alvdalen, **store_and_time)

    def decide_it(number: int) -> str:
        command = CaseCommand(replace(ANNA, subject=f"officer-{number}"), case.case_id, version=3)
        try:
            decision = {"outcome": "bifall", "reasons": f"Skäl {number}."}
            return str(decide(command, decision, alvdalen, **store_and_time).state)
        except (StaleCase, ActionNotAllowed):
            return "refused"

    assert sorted(all_at_once(8, decide_it)) == ["decided"] + ["refused"] * 7
    with store.sessions() as session:
        assert len(session.scalars(select(Decision)).all()) == 1
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.sequence)).all()
        assert journal.broken_at(entries, 4) is None


def test_one_command_sent_many_times_at_once_is_performed_once_and_answered_alike(store, alvdalen):
    register_some(store, alvdalen, 8, lambda _: False)
    store_and_time = {"sessions": store.sessions, "now": NOON}

    taken = all_at_once(8, lambda _: claim_next(ANNA, "bygglov", alvdalen, key="k1", **store_and_time))
    command = CaseCommand(ANNA, taken[0].case_id, key="k2")
    noted = all_at_once(8, lambda _: note(command, "Ringde.", **store_and_time))

    assert len(set(taken)) == len(set(noted)) == 1
    with store.sessions() as session:
        assert Counter(session.scalars(select(JournalEntry.action).where(JournalEntry.sequence > 2))) == {
            "claim": 1,
            "note": 1,
        }
