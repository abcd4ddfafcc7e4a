"""The dispatcher: sends what is due, with no database session open while it talks to the outside world."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.notify.channels.channel import Channel, Outcome, Send
from services.notify.channels.mail_builder import BadAddress, MailBuilder
from services.notify.delivery.ledger import LEASE, NO_ADDRESS, Attempt, Taken, prolong, record, take
from services.notify.models import Notification
from shared.bus.notifier import commit_waiter
from shared.clock import Clock
from shared.database import Database

BATCH_SECONDS = 2.0
LONGEST_SLEEP = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Dispatcher:
    """A loop that delivers. Several may run at once: each notification is held by one of them."""

    name: str
    database: Database
    channel: Channel
    post: MailBuilder
    clock: Clock
    lease: timedelta = LEASE
    longest_sleep: float = LONGEST_SLEEP

    def run(self, stop: threading.Event) -> None:
        """Deliver until stopped. Raises when the store fails; whoever runs it starts it again."""
        with commit_waiter(self.database.engine, Notification.__tablename__) as sleep:
            while not stop.is_set():
                if not self.deliver_batch():
                    sleep(self.longest_sleep)

    def deliver_batch(self) -> int:
        """Take, send and record what is due, the longest due first; how many there were."""
        taken = take(self.database.sessions, now=self.clock(), lease=self.lease)
        if taken:
            with self._leased(taken), self.channel.opened() as send:
                attempts = self._send(taken, send)
            record(self.database.sessions, attempts, channel=self.channel.name)
        return len(taken)

    @contextmanager
    def _leased(self, taken: Sequence[Taken]) -> Iterator[None]:
        """Keep the leases from running out, however long the server thinks over a mail."""
        over = threading.Event()

        def prolonging() -> None:
            while not over.wait(self.lease.total_seconds() / 3):
                try:
                    prolong(self.database.sessions, taken, until=self.clock() + self.lease)
                except SQLAlchemyError as fault:
                    log.warning("lease_not_prolonged", exc_info=fault)

        thread = threading.Thread(target=prolonging, name=f"{self.name}-leases")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _send(self, taken: Sequence[Taken], send: Send) -> list[Attempt]:
        """Send within the batch's time, and leave to another batch what there was no time for."""
        until = time.monotonic() + BATCH_SECONDS
        attempts: list[Attempt] = []
        for one in taken:
            in_time = not attempts or time.monotonic() < until
            outcome = self._outcome(one, send) if in_time else None
            attempts.append(Attempt(one, outcome, self.clock()))
        return attempts

    def _outcome(self, taken: Taken, send: Send) -> Outcome:
        notification, contact = taken.notification, taken.contact
        if contact.email is None:
            return NO_ADDRESS
        try:
            return send(self.post.mail(notification, contact, self.clock()))
        except BadAddress:
            return Outcome("permanent", "bad_address")
        except Exception as fault:  # one that cannot be written or sent must not hold up the others
            log.error("notification_unsendable", notification=str(notification.id), fault=type(fault).__name__)
            return Outcome("temporary", "unsendable")
