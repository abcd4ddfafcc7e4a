"""What tests need of the machine: PostgreSQL, RabbitMQ, Chromium. What lacks is skipped, with how to get it.

With ARENDE_TEST_NO_SKIP=1 a test that would be skipped fails instead: so is it known that all of them ran.
"""

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import structlog
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

from shared.bus import topology
from shared.garbage import look_seldom_for_garbage
from tests.apps import read_and_compile_once
from tests.servers import (
    RABBITMQ,
    PostgresDatabases,
    broker_lock,
    empty_broker,
    on_postgres,
    postgres_url,
    virtual_host,
)

# Tests start some hundred processes: each would compile all of Ärende anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

read_and_compile_once()

# By this jsonschema knows IRIs, of which we have none: its grammars take each process a second to compile.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment] # what is None cannot be imported

settings.register_profile("tests", deadline=None)  # a busy machine's slowness is no error
settings.load_profile("tests")

# structlog's own way of printing an exception, with what each frame knew, takes a second of the processor.
PRINTING = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], PRINTING])

# Where there is room, what tests store is in memory: hundreds of stores wait for no disk.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 4_000_000_000
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# The headless shell is the same engine without a desktop's windows: a test takes half of the processor's time in it.
CHROMIUM = (
    os.environ.get("ARENDE_TEST_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium") or ""
)


# In the order in which they start, the longest first, so that all processes end together. A module that shares nothing
# with its folder's other tests is a group of its own.
TOGETHER = (
    "tests/system/",
    "tests/system/ on the standalone installation",
    "tests/browser/test_desk",
    "tests/browser/",
    "tests/broker/test_bus.py",
    "tests/store/shared/web/test_bounded_work.py",
    "tests/broker/test_reconcil",
    "tests/system/test_wheel.py",
    "tests/house/test_deployment.py",
    "tests/store/notify/delivery/test_killed.py",
    "tests/store/cli/test_main.py",
    "tests/broker/",
)

STORES = SQLITE, POSTGRES = "sqlite", "postgres"
ALONE = "tests/browser/walks/whole_matrix.py"  # each of its tests is a group of its own


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage meanwhile: it was a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before some are left out by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest. Of a test that is for both stores, the one on the second is thorough."""
    on_second = [item for item in items if _on_second_store(item)]
    if on_second and not _no_postgres():
        for item in on_second:
            item.add_marker(pytest.mark.thorough)
    items.sort(key=lambda item: TOGETHER.index(group) if (group := _group(item.nodeid)) in TOGETHER else len(TOGETHER))


def pytest_collection_finish() -> None:
    """A process runs thousands of tests with thousands of modules loaded: a seventh of their time was garbage's."""
    look_seldom_for_garbage()


class _InGroups(LoadScopeScheduling):  # type: ignore[misc]
    """A process runs all of a module, or of a group whose tests share a server or keep time."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _InGroups:
    """How several processes share the tests."""
    return _InGroups(config, log)


def _group(nodeid: str) -> str:
    if nodeid.startswith(ALONE):
        return nodeid
    matching = [each for each in TOGETHER if nodeid.startswith(each)]
    group = max(matching, key=len, default=nodeid.partition("::")[0])
    return f"{group} on the standalone installation" if group == "tests/system/" and "standalone" in nodeid else group


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the machine cannot run. Of several processes, the one with the longest group goes first."""
    if "PYTEST_XDIST_WORKER" in os.environ and _group(item.nodeid) != TOGETHER[0]:
        _give_way()
    for need, lacking in LACKING.items():
        if item.get_closest_marker(need) and (advice := lacking()):
            pytest.skip(advice)


@cache
def _give_way() -> None:
    os.nice(5)


def _on_second_store(item: Any) -> bool:
    """Which store a test has first is by its name: always the same, and each has about half."""
    store = item.callspec.params.get("database_url") if hasattr(item, "callspec") else None
    return store in STORES and store != STORES[crc32(item.nodeid.replace(store, "").encode()) % len(STORES)]


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
        on_postgres("SELECT 1")
    except Exception as fault:
        return f"no PostgreSQL ({_first_line(fault)}): run `make services`, or set ARENDE_TEST_POSTGRES"
    return ""


@cache
def _no_rabbitmq() -> str:
    try:
        with (
            broker_lock(fcntl.LOCK_SH),
            topology.connect(RABBITMQ) as connection,
        ):  # a test may have stopped it just now
            connection.connect()
    except Exception as fault:
        return f"no RabbitMQ ({_first_line(fault)}): run `make services`, or set ARENDE_TEST_RABBITMQ"
    return ""


@cache
def _no_chromium() -> str:
    if Path(CHROMIUM).is_file():
        return ""
    return "no Chromium: install the package `chromium-headless-shell`, or set ARENDE_TEST_CHROMIUM to its path"


@cache
def _no_pgbouncer() -> str:
    return "" if shutil.which("pgbouncer") else "no PgBouncer: install the package `pgbouncer`"


LACKING = {
    "postgres": _no_postgres,
    "rabbitmq": _no_rabbitmq,
    "chromium": _no_chromium,
    "pgbouncer": _no_pgbouncer,
}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, for tests marked `chromium`."""
    return CHROMIUM


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """The databases that this process's tests share, one after the other."""
    databases = PostgresDatabases()
    yield databases
    databases.drop()


@pytest.fixture
def postgres_database(postgres_databases: PostgresDatabases) -> Iterator[Callable[[], str]]:
    """Gives the URL of an empty database at each call; takes them back when the test is over."""
    taken: list[str] = []

    def take() -> str:
        taken.append(postgres_databases.take())
        return postgres_url(taken[-1])

    yield take
    for name in taken:
        postgres_databases.give_back(name)


@pytest.fixture(params=[SQLITE, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of each kind in turn."""
    if request.param == SQLITE:
        return f"sqlite:///{tmp_path}/store.sqlite"
    make: Callable[[], str] = request.getfixturevalue("postgres_database")
    return make()


@pytest.fixture(scope="session")
def broker_vhost() -> Iterator[str]:
    """The URL of a virtual host that this run's broker tests share."""
    with virtual_host() as url:
        yield url


@pytest.fixture(autouse=True)
def _broker_kept_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test that stops the broker runs while another uses it, whichever process or run that is in."""
    if request.node.get_closest_marker("stops_rabbitmq"):
        with broker_lock(fcntl.LOCK_EX):
            yield
    elif request.node.get_closest_marker("rabbitmq"):
        with broker_lock(fcntl.LOCK_SH):
            yield
    else:
        yield


@pytest.fixture
def broker_url(broker_vhost: str) -> str:
    """The URL of a real broker on which nothing of Ärende's is declared yet, for tests marked `rabbitmq`."""
    empty_broker(broker_vhost)
    return broker_vhost


def _first_line(fault: Exception) -> str:
    return str(fault).strip().partition("\n")[0]
