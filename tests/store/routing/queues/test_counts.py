"""The counts of cases follow every change of a case, are added up, and are put right should they ever differ."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete, text, update

from services.routing.actions.claim import claim
from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.release import release
from services.routing.actions.reopen import reopen
from services.routing.actions.transfer import transfer
from services.routing.cases.models import Case
from services.routing.queues import counts
from services.routing.queues.claim_next import claim_next
from services.routing.queues.counts import CountKeeper, add_up, correct, open_cases
from services.routing.queues.models import CaseCount
from tests.builders import NOON
from tests.store.routing.casework import ANNA, command, decision_data, everything
from tests.stores import migrated


def counted(store):
    """The open cases by queue and state, as they are counted."""
    with store.sessions() as session:
        return {(each.queue, each.state): each.cases for each in open_cases(session, NOON.date())}


def corrections():
    """How many counts were ever wrong."""
    return REGISTRY.get_sample_value("routing_case_counts_corrected_total")


def test_the_counts_follow_a_case_through_all_that_is_done_with_it(casework, alvdalen):
    case, now = casework.a_case(), casework.store_and_time
    for act in (
        lambda: claim(command(case), **now),
        lambda: release(command(case), alvdalen, **now),
        lambda: transfer(command(case), "gata", "Hör hit.", alvdalen, **now),
        lambda: claim(command(case), **now),
        lambda: decide(command(case), decision_data(), alvdalen, **now),
        lambda: close(command(case), **now),
        lambda: reopen(command(case), "Nytt underlag.", **now),
    ):
        act()
        assert correct(casework.store.sessions) == 0

    assert counted(casework.store) == {("gata", "assigned"): 1}


def test_a_statement_that_changes_many_cases_is_counted_whole(casework):
    for _ in range(3):
        casework.a_case()
    add_up(casework.store.sessions)
    with casework.store.sessions.begin() as session:
        session.execute(update(Case).values(state="closed"))
        session.execute(update(Case).values(undelivered=True))

    assert (counted(casework.store), correct(casework.store.sessions)) == ({}, 0)


def test_a_change_that_is_rolled_back_is_not_counted(casework):
    casework.a_case()
    with casework.store.sessions() as session:
        session.execute(update(Case).values(state="closed"))
        session.rollback()

    assert counted(casework.store) == {("bygglov", "queued"): 1}


def test_adding_up_leaves_a_row_of_each_count_and_changes_none(casework, alvdalen):
    for _ in range(4):
        casework.a_case()
    claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time)
    before = counted(casework.store)

    add_up(casework.store.sessions)

    assert counted(casework.store) == before == {("bygglov", "queued"): 3, ("bygglov", "assigned"): 1}
    assert sorted(row.cases for row in everything(casework.store, CaseCount)) == [1, 3]


def test_counts_that_differ_are_found_when_the_worker_starts_and_once_a_day_and_are_put_right(casework, clock):
    casework.a_case()
    right, before = counted(casework.store), corrections()
    keeper = CountKeeper(casework.store.sessions, clock)

    with casework.store.sessions.begin() as session:
        session.execute(delete(CaseCount))
    keeper.run()
    assert (counted(casework.store), corrections()) == (right, before + 1)

    with casework.store.sessions.begin() as session:
        session.execute(update(CaseCount).values(cases=7))
    keeper.run()
    assert counted(casework.store) != right
    clock.move(days=1)
    keeper.run()
    assert (counted(casework.store), corrections()) == (right, before + 2)


def test_a_comparison_that_fails_is_not_made_again_before_the_next_day(casework, clock, monkeypatch):
    made = []

    def fails(_):
        made.append(clock())
        raise RuntimeError

    monkeypatch.setattr(counts, "correct", fails)
    keeper = CountKeeper(casework.store.sessions, clock)

    with pytest.raises(RuntimeError):
        keeper.run()
    keeper.run()

    assert len(made) == 1


@pytest.mark.postgres
def test_officers_who_change_cases_of_one_queue_do_not_wait_for_each_other(postgres_database: Callable[[], str], read):
    store = migrated(postgres_database(), "routing")
    with store.sessions.begin() as session:
        session.execute(text(_MANY_CASES))
    one, another = everything(store, Case)[:2]

    with store.sessions.begin() as first:
        first.execute(update(Case).where(Case.id == one.id).values(state="closed"))
        with store.sessions.begin() as second:
            second.execute(text("SET LOCAL lock_timeout = '1s'"))
            second.execute(update(Case).where(Case.id == another.id).values(state="closed"))
    store.engine.dispose()


@pytest.mark.postgres
def test_counts_stay_right_while_officers_work_and_two_workers_add_up_and_correct(
    postgres_database: Callable[[], str], read
):
    store = migrated(postgres_database(), "routing")
    with store.sessions.begin() as session:
        session.execute(text(_MANY_CASES))
    before = corrections()

    def officer(number: int) -> None:
        for state in ("assigned", "decided", "queued") * 5:
            with store.sessions.begin() as session:
                of_officer = Case.register_number.between(number * 10, number * 10 + 9)
                session.execute(update(Case).where(of_officer).values(state=state))

    def worker(_: int) -> None:
        for _ in range(10):
            add_up(store.sessions)
            correct(store.sessions)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda job: job[0](job[1]), [*((officer, n) for n in range(4)), (worker, 0), (worker, 1)]))

    assert (correct(store.sessions), corrections()) == (0, before)
    store.engine.dispose()


_MANY_CASES = """
INSERT INTO cases (
  id, municipality, number, register_board, register_year, register_number, submission_id, reference, eservice,
  eservice_title, language, public_title, secret, protected, board, queue, priority, tags, state, received_at,
  registered_at, due_by, sequence, undelivered
) SELECT
  gen_random_uuid(), '2039', 'BN 2026-' || n, 'BN', 2026, n, gen_random_uuid(), 'R' || n, 'bygglov', '{}', 'sv', '{}',
  false, false, 'BN', 'bygglov', 0, '[]', 'queued', now(), now(), current_date, 2, false
FROM generate_series(0, 39) AS n
"""
