"""The installations that system tests run against, each started once for the whole run."""

from collections.abc import Iterator

import pytest

from bench.installation import Installation, production, standalone
from services.operations.registry import SERVICES
from tests.servers import PostgresDatabases, postgres_url, virtual_host
from tests.system import ledger

on_production = [pytest.mark.postgres, pytest.mark.rabbitmq]
INSTALLATIONS = {"installation", "standalone_installation", "production_installation"}


@pytest.fixture(scope="session", params=["standalone", pytest.param("production", marks=on_production)])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each kind of installation in turn."""
    running: Installation = request.getfixturevalue(f"{request.param}_installation")
    return running


@pytest.fixture(scope="session")
def standalone_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Everything in one process."""
    with standalone(tmp_path_factory.mktemp("standalone")) as running:
        yield running


@pytest.fixture(scope="session")
def production_installation(
    tmp_path_factory: pytest.TempPathFactory, databases: dict[str, str]
) -> Iterator[Installation]:
    """Six processes on PostgreSQL and RabbitMQ, both their own."""
    with (
        virtual_host() as broker_url,
        production(tmp_path_factory.mktemp("production"), databases, broker_url) as running,
    ):
        yield running


@pytest.fixture
def no_failed_events(request: pytest.FixtureRequest) -> None:
    """What a test that failed has left is not the next one's: that begins with no failed events."""
    for name in INSTALLATIONS & set(request.fixturenames):
        ledger.drop_failed_events(request.getfixturevalue(name))


@pytest.fixture(scope="session")
def databases(postgres_databases: PostgresDatabases) -> dict[str, str]:
    """An empty PostgreSQL database for each service."""
    return {service: postgres_url(postgres_databases.take()) for service in SERVICES}
