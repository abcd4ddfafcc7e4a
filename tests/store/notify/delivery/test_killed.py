"""A dispatcher that is killed between sending and recording sends the same mail again, and as the same."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import update

from bench.ports import free_port
from services.notify.delivery.models import Delivery, Notification
from shared.clock import utc_now
from shared.database import Database
from tests.builders import a_submission, received
from tests.mail_server import MailServer, started
from tests.notify import Receive, everything, only


class Killing(MailServer):
    """Kills a process when it has got the whole mail from it, before it replies."""

    kill: Callable[[], None] | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, then kill."""
        answer = await super().handle_DATA(server, session, envelope)
        if self.kill:
            self.kill()
            self.kill = None
        return answer


@contextmanager
def a_process(database_url: str, smtp_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.notify.delivery.dispatch_until_killed", database_url, smtp_url]
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 90  # a process takes long to start where many others run
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def let_lease_run_out(store: Database) -> None:
    """What four minutes do. The next lease is as long, so that none runs out while a mail is sent, however slowly."""
    with store.sessions.begin() as session:
        session.execute(update(Notification).values(next_attempt_at=utc_now()))


def test_killed_between_sending_and_recording_it_sends_the_same_mail_again(
    store: Database, database_url: str, receive: Receive
) -> None:
    receive(received(a_submission()))
    with started(Killing(free_port())) as mail_server:
        with a_process(database_url, mail_server.url) as first:
            mail_server.kill = first.kill  # type: ignore[attr-defined]
            wait_until(lambda: first.poll() is not None)
        assert len(mail_server.mails) == 1
        assert (only(store).state, everything(store, Delivery)) == ("sending", [])

        let_lease_run_out(store)
        with a_process(database_url, mail_server.url):
            wait_until(lambda: only(store).state == "delivered")

    assert len(mail_server.mails) == 2
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 1
