"""What pages and gauges read does not grow with the number of cases: measured in pages of the store that are read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from bench import caseload
from services.routing.cases.models import Case
from services.routing.cases.state_machine import State
from services.routing.directory.find import known_officer
from services.routing.holds import gauges as hold_gauges
from services.routing.queues.caseload import eservices_in
from services.routing.queues.claim_next import NextInQueue
from services.routing.queues.gauges import measure
from services.routing.queues.list_cases import CaseFilter, Whose, own_cases, own_on_hold, queue_cases, watched_cases
from services.routing.queues.overview import QueueNotFound, overview, state_of
from services.routing.queues.sorting import Sort
from services.routing.queues.total import total
from services.routing.related import find
from services.routing.related.find import related_to
from services.routing.reminders.reminders import reminders_due
from services.routing.search.find import search
from services.routing.statistics.figures import FigureTaker
from services.routing.subtasks.subtasks import own_subtasks
from services.routing.updates.record import record_last_days
from services.routing.updates.unseen import unseen
from shared.clock import utc_now
from shared.database import Database
from shared.swedish.time import local_date
from tests.builders import NOON, HandClock
from tests.servers import PostgresDatabases, postgres_url
from tests.store.routing.casework import ANNA, Casework
from tests.stores import migrated

pytestmark = pytest.mark.postgres

FEW, MANY = 2_000, 20_000
SHOWN = 5
LONG_AGO = NOON - timedelta(days=9_000)
MOST_TIMES, BESIDES = 2, 30  # another level of an index, and the few rows that only the larger store has to show

OFFICER = replace(ANNA, subject="officer-1", name="Handläggare 1")
OF_AN_ESERVICE, OF_NO_ESERVICE = replace(OFFICER, subject="one"), replace(OFFICER, subject="none")
OF_ANOTHER_BOARD = replace(ANNA, boards=frozenset({"TN"}))
QUEUE = caseload.QUEUE

# Officer "one" has five open cases of the queue, each with all that a case can have beside it; others have the more of
# it the more cases there are.
BESIDE_CASES = """
UPDATE cases SET officer_subject = 'one', tags = '["storm"]', on_expiry = 'decide', due_by = '2026-11-01'
    WHERE register_number IN (60, 120, 180, 240, 300);
UPDATE cases SET on_hold_until = '2027-01-01' WHERE register_number IN (360, 420, 480);
INSERT INTO holds (id, case_id, municipality, reason, until, begun_at, begun_by_subject, begun_by)
    SELECT id, id, municipality, '', on_hold_until, received_at, 'two', '' FROM cases WHERE on_hold_until IS NOT NULL;
CREATE TEMPORARY TABLE whose AS SELECT id, municipality, register_number AS n, received_at,
    CASE officer_subject WHEN 'one' THEN 'one' ELSE 'two' END AS subject
    FROM cases WHERE mod(register_number, 10) = 0 OR officer_subject = 'one';
INSERT INTO reminders (id, case_id, municipality, text, due_on, private, created_at, created_by_subject, created_by)
    SELECT id, id, municipality, '', '2026-11-01', false, received_at, subject, '' FROM whose;
INSERT INTO subtasks (id, case_id, municipality, text, assignee_subject, assignee_name, due_by, created_at,
    created_by_subject, created_by)
    SELECT id, id, municipality, '', subject, '', '2026-11-01', received_at, 'two', '' FROM whose;
INSERT INTO watchers (case_id, municipality, subject, name, since)
    SELECT id, municipality, subject, '', received_at FROM whose;
INSERT INTO case_updates (municipality, subject, case_id, sequence, at, mailed)
    SELECT municipality, subject, id, 2, received_at, false FROM whose;
INSERT INTO likenesses (case_id, municipality, kind, value)
    SELECT id, municipality, 'person', CASE subject WHEN 'one' THEN 'one' ELSE md5(n::text) END FROM whose
"""


@pytest.fixture(scope="module")
def stores(postgres_databases: PostgresDatabases) -> Iterator[list[Database]]:
    """A store with few cases, and one with many."""
    names = [postgres_databases.take() for _ in (FEW, MANY)]
    databases = [migrated(postgres_url(name), "routing") for name in names]
    for database, count in zip(databases, (FEW, MANY), strict=True):
        caseload.fill(database.engine.url.render_as_string(hide_password=False), count)
        with database.engine.begin() as connection:
            for statement in BESIDE_CASES.split(";\n"):
                connection.exec_driver_sql(statement)
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        Casework(database, print, HandClock()).knows(OF_AN_ESERVICE, OF_NO_ESERVICE)
        with database.sessions.begin() as session:
            for officer, takes in ((OF_AN_ESERVICE, caseload.ESERVICE), (OF_NO_ESERVICE, "finns-inte")):
                known_officer(session, "2039", officer.subject).eservices = [takes]
    yield databases
    for database, name in zip(databases, names, strict=True):
        database.engine.dispose()
        postgres_databases.give_back(name)


def listed(sort=Sort.DEADLINE, **filters):
    """Lists a page of the queue."""
    return lambda sessions, organisation: queue_cases(
        OFFICER, QUEUE, CaseFilter(**filters), organisation, sort=sort, limit=SHOWN, sessions=sessions
    )


def counted(**filters):
    """Counts the cases of the queue."""
    return lambda sessions, _: total(OFFICER, QUEUE, CaseFilter(**filters), sessions=sessions)


def not_seen(sessions, organisation):
    """Asks for a queue of another board."""
    with pytest.raises(QueueNotFound):
        queue_cases(OF_ANOTHER_BOARD, QUEUE, CaseFilter(), organisation, sessions=sessions)


def related(number):
    """Looks for what has to do with a case, at so few that the smaller store has them too."""

    def look(sessions, _):
        with sessions() as session, pytest.MonkeyPatch.context() as patch:
            patch.setattr(find, "MOST_ALIKE", 20)
            patch.setattr(find, "MOST_IN_SQUARE", 20)
            related_to(OF_AN_ESERVICE, session.get_one(Case, UUID(int=number)), sessions=sessions)

    return look


def found(words):
    """Searches all cases."""
    return lambda sessions, _: search(OFFICER, words, limit=SHOWN, sessions=sessions)


def next_case(officer):
    """Locks the case that comes next to the officer."""

    def lock(sessions, organisation):
        with sessions() as session:
            NextInQueue(officer, QUEUE, organisation, local_date(NOON)).locked_case(session)

    return lock


OTHER_SORTS = sorted(set(Sort) - {Sort.DEADLINE, Sort.AGE, Sort.PRIORITY})
QUERIES = {
    "list of queues": lambda sessions, organisation: overview(OFFICER, organisation, sessions=sessions, now=NOON),
    "one queue": lambda sessions, organisation: state_of(OFFICER, QUEUE, organisation, sessions=sessions, now=NOON),
    "a queue not seen": not_seen,
    "gauges": lambda sessions, organisation: measure(sessions, [organisation], now=NOON),
    "e-services in a queue": lambda sessions, _: eservices_in(OFFICER, QUEUE, sessions=sessions),
    "the next case": next_case(OFFICER),
    "the next case of an e-service": next_case(OF_AN_ESERVICE),
    "the next case of no e-service": next_case(OF_NO_ESERVICE),
    "own cases": lambda sessions, _: own_cases(OFFICER, limit=SHOWN, sessions=sessions),
    "open cases": listed(),
    "open cases by age": listed(sort=Sort.AGE),
    "closed cases": listed(state=State.CLOSED),
    "own cases in a queue": listed(whose=Whose.MINE),
    "nobody's cases": listed(whose=Whose.UNASSIGNED),
    "cases of an e-service": listed(eservice=caseload.ESERVICE),
    "cases of no e-service": listed(eservice="finns-inte"),
    "an open case by number": listed(number="bn 2026-240"),
    "a closed case by number": listed(number="243", state=State.CLOSED),
    "a number that no case has": listed(number="999999999"),
    "closed cases of no e-service": listed(state=State.CLOSED, eservice="finns-inte"),
    "own closed cases in a queue": listed(state=State.CLOSED, whose=Whose.MINE),
    **{f"open cases by {each}": listed(sort=each) for each in OTHER_SORTS},
    "how many are open": counted(),
    "how many are closed": counted(state=State.CLOSED),
    "how many of no e-service": counted(eservice="finns-inte"),
    "how many closed of no e-service": counted(eservice="finns-inte", state=State.CLOSED),
    "by priority": listed(sort=Sort.PRIORITY),
    "cases with a tag": listed(tag="storm"),
    "how many with a tag": counted(tag="storm"),
    "cases on hold": listed(on_hold=True),
    "how many on hold": counted(on_hold=True),
    "own cases on hold": lambda sessions, _: own_on_hold(OFFICER, sessions=sessions),
    "cases that must be decided": listed(must_be_decided_on=NOON.date()),
    "followed cases": lambda sessions, _: watched_cases(OF_AN_ESERVICE, sessions=sessions),
    "reminders": lambda sessions, _: reminders_due(OF_AN_ESERVICE, NOON.date(), sessions=sessions),
    "sub-tasks": lambda sessions, _: own_subtasks(OF_AN_ESERVICE, sessions=sessions),
    "related cases": related(caseload.OPEN),
    "related cases of a case that is much like others": related(caseload.AT_THE_SQUARE),
    "a search for a street": found("gata003vägen"),
    "a search for what most cases have": found("skylt"),
    "gauges of holds": lambda sessions, _: hold_gauges.measure(sessions, ["2039"], now=NOON),
    "what is new": lambda sessions, _: unseen(OF_AN_ESERVICE, sessions=sessions),
    "last days that are near": lambda sessions, _: record_last_days(["2039"], sessions=sessions, now=LONG_AGO),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_what_is_read_among_many_cases_is_about_what_is_read_among_few(stores, alvdalen_read, query):
    among_few, among_many = (_pages_read(store, lambda sessions: query(sessions, alvdalen_read)) for store in stores)

    assert among_many <= MOST_TIMES * among_few + BESIDES


def test_the_figures_of_each_minute_read_of_open_cases_an_index_alone(stores):
    def take(sessions):
        FigureTaker(sessions, utc_now).run()

    take(stores[-1].sessions)  # past weeks are then known
    of_open_cases = [each for each in _statements_of(stores[-1], take) if "state IN" in each[0]]

    with stores[-1].engine.connect() as connection:
        plans = [str(_plan(connection, *each)) for each in of_open_cases]
    assert len(plans) == 2
    assert all("Index Only Scan" in plan and "Heap Scan" not in plan and "Seq Scan" not in plan for plan in plans)


@pytest.fixture(scope="module")
def alvdalen_read(read: Any) -> Any:
    """The casework of Älvdalen."""
    return read["2039"]


def _pages_read(store: Database, query: Any) -> int:
    """How many pages of the store's tables and indexes the statements of a query read."""
    statements = _statements_of(store, query)
    with store.engine.connect() as connection:
        plans = [_plan(connection, *each) for each in statements]
    return sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans)


def _statements_of(store: Database, query: Any) -> list[tuple[str, Any]]:
    statements: list[tuple[str, Any]] = []

    def record(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", record)
    try:
        query(store.sessions)
    finally:
        event.remove(store.engine, "before_cursor_execute", record)
    return statements


def _plan(connection: Any, statement: str, parameters: Any) -> dict[str, Any]:
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
    [plan] = explained.scalar_one()
    return dict(plan["Plan"])
