"""What tests need of the machine: PostgreSQL, RabbitMQ, Chromium. What lacks is skipped, with how to get it.

With ARENDE_TEST_NO_SKIP=1 a test that would be skipped fails instead: so is it known that all of them ran.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from shared.bus import topology

POSTGRES = os.environ.get("ARENDE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
RABBITMQ = os.environ.get("ARENDE_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
CHROMIUM = os.environ.get("ARENDE_TEST_CHROMIUM") or shutil.which("chromium") or ""

QUEUES = [
    topology.UNROUTED,
    *(queue for each in topology.SUBSCRIPTIONS for queue in (each.queue, each.dead_letter_queue)),
]
EXCHANGES = [topology.EVENTS_EXCHANGE, topology.HANDLING_EXCHANGE, topology.UNROUTED]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the machine cannot run."""
    for need, lacking in LACKING.items():
        if item.get_closest_marker(need) and (advice := lacking()):
            pytest.skip(advice)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be skipped, a skip is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("ARENDE_TEST_NO_SKIP") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped, though ARENDE_TEST_NO_SKIP=1: {call.excinfo and call.excinfo.value}"
    return report


@cache
def _no_postgres() -> str:
    try:
        _on_server("SELECT 1")
    except Exception as fault:
        return f"no PostgreSQL ({_first_line(fault)}): run `make services`, or set ARENDE_TEST_POSTGRES"
    return ""


@cache
def _no_rabbitmq() -> str:
    try:
        with topology.connect(RABBITMQ) as connection:
            connection.connect()
    except Exception as fault:
        return f"no RabbitMQ ({_first_line(fault)}): run `make services`, or set ARENDE_TEST_RABBITMQ"
    return ""


@cache
def _no_chromium() -> str:
    if Path(CHROMIUM).is_file():
        return ""
    return "no Chromium: install the package `chromium`, or set ARENDE_TEST_CHROMIUM to its path"


LACKING = {"postgres": _no_postgres, "rabbitmq": _no_rabbitmq, "chromium": _no_chromium}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, for tests marked `chromium`."""
    return CHROMIUM


@pytest.fixture
def postgres_database() -> Iterator[Callable[[], str]]:
    """Makes an empty database at each call and returns its URL; drops them when the test is over."""
    made: list[str] = []

    def make() -> str:
        name = f"arende_test_{uuid4().hex}"
        _on_server(f"CREATE DATABASE {name}")
        made.append(name)
        return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    make: Callable[[], str] = request.getfixturevalue("postgres_database")
    return make()


@pytest.fixture(scope="session")
def broker_vhost() -> Iterator[str]:
    """The URL of a virtual host that this run's broker tests share."""
    with virtual_host() as url:
        yield url


@contextmanager
def virtual_host() -> Iterator[str]:
    """The URL of a virtual host of one's own, or of the one given, emptied, where none can be made."""
    name = f"arende-test-{uuid4().hex}"
    if not _rabbitmqctl("add_vhost", name):
        empty_broker(RABBITMQ)
        yield RABBITMQ
        return
    address = urlsplit(RABBITMQ)
    _rabbitmqctl("set_permissions", "-p", name, address.username or "guest", ".*", ".*", ".*")
    yield address._replace(path=f"/{name}").geturl()
    _rabbitmqctl("delete_vhost", name)


@pytest.fixture
def broker_url(broker_vhost: str) -> str:
    """The URL of a real broker on which nothing of Ärende's is declared yet, for tests marked `rabbitmq`."""
    empty_broker(broker_vhost)
    return broker_vhost


def empty_broker(url: str) -> None:
    """Delete what Ärende has declared there, and all that waits in it."""
    with topology.connect(url) as connection:
        channel = connection.default_channel
        for queue in QUEUES:
            channel.queue_delete(queue)
        for exchange in EXCHANGES:
            channel.exchange_delete(exchange)


def _on_server(statement: str) -> None:
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _rabbitmqctl(*words: str) -> bool:
    if not shutil.which("rabbitmqctl") or urlsplit(RABBITMQ).hostname not in ("127.0.0.1", "localhost"):
        return False
    return subprocess.run(["rabbitmqctl", "--quiet", *words], capture_output=True, check=False).returncode == 0


def _first_line(fault: Exception) -> str:
    return str(fault).strip().partition("\n")[0]
