"""The dispatcher: sends what is due, with no database session open while it talks to the mail server."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.notify.channels.channel import Channel, DeliveryResult, Outcome, Send
from services.notify.channels.mail_builder import BadAddress, MailBuilder
from services.notify.delivery.ledger import Attempt, record
from services.notify.delivery.models import Notification
from services.notify.delivery.queue import LEASE, LeasedNotification, extend_leases, take_due
from shared.bus.notifier import commit_waiter
from shared.clock import Clock
from shared.database import Database

BATCH_SECONDS = 2.0
LONGEST_SLEEP = 1.0

NO_ADDRESS = Outcome(DeliveryResult.SKIPPED, "no_address")
BAD_ADDRESS = Outcome(DeliveryResult.PERMANENT, "bad_address")
UNSENDABLE = Outcome(DeliveryResult.TEMPORARY, "unsendable")

log = structlog.get_logger()


@dataclass(frozen=True)
class Dispatcher:
    """A loop that delivers. Several may run at once: each notification is leased to one of them."""

    name: str
    database: Database
    channel: Channel
    mail_builder: MailBuilder
    clock: Clock
    lease: timedelta = LEASE
    longest_sleep: float = LONGEST_SLEEP

    def run(self, stop: threading.Event) -> None:
        """Deliver until stopped. Raises when the database fails; the worker then starts the loop again."""
        with commit_waiter(self.database.engine, Notification.__tablename__) as sleep:
            while not stop.is_set():
                if not self.deliver_batch():
                    sleep(self.longest_sleep)

    def deliver_batch(self) -> int:
        """Take, send and record what is due, the longest due first; return how many were taken."""
        leased = take_due(self.database.sessions, now=self.clock(), lease=self.lease)
        if leased:
            with self._leases_extended(leased), self.channel.opened() as send:
                attempts = self._send(leased, send)
            record(self.database.sessions, attempts, channel=self.channel.name)
        return len(leased)

    @contextmanager
    def _leases_extended(self, leased: Sequence[LeasedNotification]) -> Iterator[None]:
        """Keep the leases from running out, however long the server takes to answer."""
        over = threading.Event()

        def extend() -> None:
            while not over.wait(self.lease.total_seconds() / 3):
                try:
                    extend_leases(self.database.sessions, leased, until=self.clock() + self.lease)
                except SQLAlchemyError as error:
                    log.warning("lease_not_extended", exc_info=error)

        thread = threading.Thread(target=extend, name=f"{self.name}-leases")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _send(self, leased: Sequence[LeasedNotification], send: Send) -> list[Attempt]:
        """Send within the batch's time, and leave what there was no time for to another batch."""
        until = time.monotonic() + BATCH_SECONDS
        attempts: list[Attempt] = []
        for each in leased:
            in_time = not attempts or time.monotonic() < until
            outcome = self._outcome(each, send) if in_time else None
            attempts.append(Attempt(each, outcome, self.clock()))
        return attempts

    def _outcome(self, leased: LeasedNotification, send: Send) -> Outcome:
        notification, contact = leased.notification, leased.contact
        if contact.email is None:
            return NO_ADDRESS
        try:
            return send(self.mail_builder.build(notification, contact, self.clock()))
        except BadAddress:
            return BAD_ADDRESS
        except Exception as error:  # one that cannot be rendered or sent must not hold up the others
            log.error("notification_unsendable", notification=str(notification.id), exc_info=error)
            return UNSENDABLE
