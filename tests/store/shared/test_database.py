"""Nothing waits for the store for ever, and PgBouncer in transaction mode may be between."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from shared.database import LIMITS, Limits, connect, execute_alone, is_outage, one_statement
from tests.bus import a_greeter, a_greeting, eventually
from tests.proxies import FreezingProxy
from tests.servers import pgbouncer

SHORT = Limits(statement=0.3, lock=0.2, idle_in_transaction=0.3, answer=1)
LOCK = "SELECT pg_advisory_xact_lock(4711)"

HOLDER = """
import sys, time
from sqlalchemy import text
from shared.database import Limits, connect
with connect(sys.argv[1], Limits(idle_in_transaction=1)).engine.begin() as connection:
    connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))
    print("held", flush=True)
    time.sleep(1000)
"""


@pytest.fixture
def url(postgres_database: Callable[[], str]) -> str:
    return postgres_database()


@pytest.fixture
def pooled_url(url: str, tmp_path: Path) -> Iterator[str]:
    with pgbouncer(tmp_path, make_url(url).database or "") as through:
        yield through


def connected(url: str, limits: Limits) -> Iterator[Engine]:
    database = connect(url, limits)
    yield database.engine
    database.engine.dispose()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A store's, with short limits."""
    yield from connected(url, SHORT)


def run(engine: Engine, *statements: str) -> list[object]:
    with engine.begin() as connection:
        return [connection.execute(text(each)).scalar() for each in statements]


def test_we_wait_longer_for_an_answer_than_the_server_for_a_statement_and_that_for_a_lock() -> None:
    assert (LIMITS.answer or 0) > LIMITS.statement > LIMITS.lock


@pytest.mark.postgres
def test_a_frozen_connection_ends_and_is_replaced(url: str) -> None:
    server = make_url(url)
    proxy = FreezingProxy(server.host or "", server.port or 5432)
    with proxy.serving():
        through = server.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        database = connect(through, SHORT)
        assert run(database.engine, "SELECT 1") == [1]

        proxy.freeze()
        with pytest.raises(OperationalError) as raised:
            run(database.engine, "SELECT 1")
        proxy.thaw()

        assert is_outage(raised.value)
        assert run(database.engine, "SELECT 1") == [1]
        database.engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statements",
    [("SELECT pg_sleep(100)",), ("SELECT 1", "SELECT pg_sleep(100)")],
)
def test_a_statement_that_takes_too_long_ends_as_an_outage(engine: Engine, statements: tuple[str, ...]) -> None:
    with pytest.raises(DBAPIError) as raised:
        run(engine, *statements)

    assert is_outage(raised.value)


@pytest.mark.postgres
def test_who_waits_for_a_lock_too_long_goes_without(url: str, engine: Engine) -> None:
    database = connect(url)
    with database.engine.begin() as connection:
        connection.execute(text(LOCK))
        with pytest.raises(DBAPIError) as raised:
            run(engine, LOCK)

    assert is_outage(raised.value)
    database.engine.dispose()


@pytest.mark.postgres
def test_a_process_that_is_stopped_while_it_holds_a_lock_does_not_stop_its_twin(url: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        holder.send_signal(signal.SIGSTOP)
        database = connect(url)

        assert run(database.engine, LOCK, "SELECT 1")[1] == 1
        database.engine.dispose()
    finally:
        holder.kill()
        holder.wait()


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["url", pytest.param("pooled_url", marks=pytest.mark.pgbouncer)])
def test_every_transaction_has_its_limits(request: pytest.FixtureRequest, kind: str) -> None:
    database = connect(request.getfixturevalue(kind))
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

    assert run(database.engine, *(f"SHOW {name}" for name in names)) == ["15s", "10s", "30s"]
    database.engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["url", pytest.param("pooled_url", marks=pytest.mark.pgbouncer)])
def test_a_statement_that_commits_by_itself_has_its_limits(request: pytest.FixtureRequest, kind: str) -> None:
    database = connect(request.getfixturevalue(kind))
    limit = "SELECT current_setting(%(name)s)"

    [alone] = execute_alone(database.engine, limit, {"name": "statement_timeout"})
    with one_statement(database.engine) as connection:
        one = connection.execute(text("SHOW statement_timeout")).scalar_one()

    assert (alone[0], one) == ("15s", "15s")
    database.engine.dispose()


@pytest.mark.postgres
@pytest.mark.pgbouncer
def test_events_flow_through_pgbouncer_in_transaction_mode(pooled_url: str) -> None:
    greeter = a_greeter(pooled_url, "memory://pooled")
    with greeter.running():
        for number in range(30):
            greeter.publish(a_greeting(str(number)))
        eventually(lambda: len(greeter.received()) == 30)

    assert greeter.unpublished() == 0
    greeter.database.engine.dispose()


@pytest.mark.postgres
@pytest.mark.pgbouncer
def test_the_same_statement_many_times_on_many_connections_works_through_pgbouncer(pooled_url: str) -> None:
    database = connect(pooled_url)
    errors: list[Exception] = []

    def select() -> None:
        try:
            for number in range(20):
                with database.sessions.begin() as session:
                    assert session.scalar(text("SELECT CAST(:n AS int)"), {"n": number}) == number
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=select) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    database.engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "outage"),
    [
        ("SELECT 1 / 0", False),
        ("SELECT 'x'::int", False),
        ("SELECT * FROM missing", False),
        ("SET TRANSACTION READ ONLY; CREATE TABLE t (n int)", True),
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
    ],
)
def test_an_outage_is_not_an_error_of_the_data(engine: Engine, statement: str, outage: bool) -> None:
    with pytest.raises(DBAPIError) as raised:
        run(engine, statement)

    assert is_outage(raised.value) is outage
