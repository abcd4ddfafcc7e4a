"""A store whose connections are cut between sending and recording gets each mail recorded, and nobody gets it twice."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from bench.ports import free_port
from services.notify.channels.channel import Channel
from services.notify.channels.smtp import Smtp
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.models import Delivery, Notification
from services.notify.models import Outbox
from shared.bus.supervisor import Supervisor
from shared.database import Database
from tests.builders import a_submission, received
from tests.bus import eventually
from tests.mail_server import MailServer, started
from tests.notify import FROM_ADDRESS, Receive, everything

pytestmark = pytest.mark.postgres

MAILS = 12
CUT_OFF = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def database_url(postgres_database: Callable[[], str]) -> str:
    """A store that has a server: only such a one can be lost."""
    return postgres_database()


@dataclass
class CuttingOff(MailServer):
    """Cuts all connections to a store at each mail, before its reply."""

    store: str = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, then cut the sender off from its store."""
        with psycopg.connect(self.store.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(CUT_OFF)
        return await super().handle_DATA(server, session, envelope)


def test_each_mail_is_sent_once_though_the_store_is_lost_while_each_is_sent(
    store: Database, database_url: str, receive: Receive, dispatcher_of: Callable[[Channel], Dispatcher]
) -> None:
    receive(*(received(a_submission(email=f"kim{number}@example.org")) for number in range(MAILS)))
    stop = threading.Event()

    with started(CuttingOff(free_port(), store=database_url)) as mail_server:
        threads = Supervisor(stop).start([dispatcher_of(Smtp(mail_server.url, FROM_ADDRESS))])
        try:
            eventually(lambda: delivered(store) == MAILS)
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=20)

    assert len(mail_server.mails) == len({mail["To"] for mail in mail_server.mails}) == MAILS
    assert len(everything(store, Delivery)) == len(everything(store, Outbox)) == MAILS


def delivered(store: Database) -> int:
    try:
        return len(everything(store, Notification, state="delivered"))
    except OperationalError:  # this connection was cut too
        return -1
