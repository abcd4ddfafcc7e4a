"""What the three services did with each other's events is known to all of them: in calm nothing is published again."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import services.intake.models as intake
import services.notify.models as notify
import services.routing.models as routing
from services.notify.delivery.models import Notification
from services.operations import registry
from services.operations.registry import SERVICES, service
from services.operations.stores import Stores, migrate, stores
from services.operations.unhandled import unhandled
from services.standalone.config import Settings, standalone_settings
from shared.bus.event_processor import EventProcessor
from shared.bus.reconciliation import Reconciler
from shared.bus.supervisor import Supervisor
from shared.bus.topology import SUBSCRIPTIONS
from shared.clock import utc_now
from shared.settings import EventTimes
from tests.bus import eventually
from tests.system.submissions import a_fault_report

REAL = pytest.param("real", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])
PROGRESS = {"intake": intake.Reconciliation, "routing": routing.Reconciliation, "notify": notify.Reconciliation}
TIMES = EventTimes()


@dataclass
class Running:
    """The three services' workers, on threads of this process."""

    environ: Mapping[str, str]
    stores: Stores

    def submit(self) -> None:
        """Send a fault report, with an e-mail address."""
        client = registry.intake().web_app(self.environ).test_client()
        answer = client.post("/intake/api/v1/municipalities/alvdalen/submissions", json=a_fault_report())
        assert answer.status_code == 201

    def notifications(self) -> list[str]:
        """The states of all notifications."""
        with self.stores["notify"].database.sessions() as session:
            return list(session.scalars(select(Notification.state)))

    def published(self) -> list[datetime | None]:
        """When each event of each service was last published, in the order of their recording."""
        times: list[datetime | None] = []
        for store in self.stores.values():
            outbox = store.tables.outbox
            with store.database.sessions() as session:
                times += session.scalars(select(outbox.published_at).order_by(outbox.id))
        return times

    def reconcilers(self) -> list[Reconciler]:
        """The services' reconciliation, when what was published just now is due."""
        return [
            Reconciler(
                EventProcessor(name, store.database.sessions, store.tables, (), late),
                PROGRESS[name],
                self.environ["ARENDE_BROKER_URL"],
                store.subscription,
                TIMES,
                [each for each in SUBSCRIPTIONS if each != store.subscription],
            )
            for name, store in self.stores.items()
        ]

    def known_until(self) -> datetime:
        """Until when it is known of all subscribers which events they have."""
        times: list[datetime] = []
        for name, store in self.stores.items():
            with store.database.sessions() as session:
                times += session.scalars(select(PROGRESS[name].known_until))
        return min(times)


def late() -> datetime:
    return utc_now() + 2 * TIMES.republish_after


@pytest.fixture(params=["embedded", REAL])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    environ = standalone_settings(Settings(var=tmp_path / "var"))
    if request.param == "real":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        environ |= {f"{name.upper()}_DATABASE_URL": make() for name in SERVICES}
        environ |= {"ARENDE_BROKER_URL": request.getfixturevalue("broker_url")}
    for name in SERVICES:
        migrate(name, environ)
    stop = threading.Event()
    threads = Supervisor(stop).start([loop for name in SERVICES for loop in service(name).worker_loops(environ)])
    opened = stores(environ)
    yield Running(environ, opened)
    stop.set()
    for thread in threads:
        thread.join(timeout=10)
    for store in opened.values():
        store.database.engine.dispose()


def test_what_all_services_have_is_known_and_nothing_is_published_again(running: Running) -> None:
    def lacking() -> int:
        return len(list(unhandled(running.stores, since=utc_now() - timedelta(hours=1), before=utc_now())))

    running.submit()
    eventually(lambda: (states := running.notifications()) and set(states) == {"delivered"})
    eventually(lambda: None not in running.published() and lacking() == 0)
    published, handled_at = running.published(), utc_now()

    reconcilers = running.reconcilers()

    def known() -> bool:
        for each in reconcilers:
            each.turn()
        return running.known_until() > handled_at

    eventually(known)
    assert running.published() == published
