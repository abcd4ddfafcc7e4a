"""The dispatcher: sends what is due, with no database session open while it talks to the mail server.

One thread waits for what is due and takes it; a few send, so that one that waits for a slow server delays no others.
"""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import exc

from services.notify.channels.channel import Channel, ChannelSession, DeliveryResult, Outcome
from services.notify.channels.kept_sessions import KeptSessions
from services.notify.channels.mail import BadAddress
from services.notify.channels.mail_builder import MailBuilder
from services.notify.delivery.ledger import Attempt, record
from services.notify.delivery.manual_retry import send_now, send_to_corrected
from services.notify.delivery.models import NO_ADDRESS, Notification, NotificationState
from services.notify.delivery.outage import CAUSES, Outage
from services.notify.delivery.queue import BATCH, LEASE, LeasedNotification, take_due
from services.notify.delivery.recipient_limit import POSTPONED, RecipientLimit
from shared.bus.notifier import commit_waiter
from shared.clock import Clock
from shared.database import Database, is_outage

SENDERS = 2
BATCH_SECONDS = 2.0
LONGEST_SLEEP = 1.0
IDLE_SECONDS = 20.0  # mail servers wait for minutes before they close
RECORD_AGAIN_SECONDS = 0.5
RECORD_FIRST_SECONDS = 10.0
STOP_SECONDS = 10.0  # of the worker's grace, so that there is time left to record

WITHOUT_ADDRESS = Outcome(DeliveryResult.SKIPPED, NO_ADDRESS)
_UNARRIVED = (NotificationState.FAILED, NotificationState.SKIPPED)
BAD_ADDRESS = Outcome(DeliveryResult.PERMANENT, "bad_address")
UNSENDABLE = Outcome(DeliveryResult.TEMPORARY, "unsendable")

log = structlog.get_logger()


@dataclass
class Dispatcher:
    """A loop that delivers. Several processes may run one: each notification is leased to one of them."""

    name: str
    database: Database
    channel: Channel
    mail_builder: MailBuilder
    clock: Clock
    limit: RecipientLimit = field(default_factory=RecipientLimit)
    lease: timedelta = LEASE
    longest_sleep: float = LONGEST_SLEEP
    outage: Outage = field(init=False)
    sessions: KeptSessions = field(init=False)
    _fits: int = field(default=BATCH, init=False)  # as many as the server may take in a batch's time

    def __post_init__(self) -> None:
        """Nothing is known of the channel, and nothing is connected."""
        self.outage = Outage(self.channel.name)
        self.sessions = KeptSessions(self.channel, idle_seconds=IDLE_SECONDS)

    def run(self, stop: threading.Event) -> None:
        """Deliver until stopped. A mail that the server is slow to accept is given up: what was sent is to be recorded.

        Raises when the database fails; the worker then starts the loop again.
        """
        with (
            commit_waiter(self.database.engine, Notification.__tablename__) as sleep,
            closing(self.sessions),
            ThreadPoolExecutor(SENDERS, thread_name_prefix=self.name) as senders,
        ):
            sending: set[Future[None]] = set()
            others_record_until = time.monotonic() + RECORD_FIRST_SECONDS
            while not stop.is_set():
                sending = _unfinished(sending)
                if len(sending) == SENDERS:
                    wait(sending, timeout=self.longest_sleep, return_when=FIRST_COMPLETED)
                    continue
                most = self._fits
                leased = self._take(most, from_others=time.monotonic() > others_record_until)
                if leased:
                    sending.add(senders.submit(self._deliver, leased, stop))
                if len(leased) < most:
                    self.sessions.close_idle()
                    sleep(self.longest_sleep)
            if wait(sending, timeout=STOP_SECONDS).not_done:
                self.sessions.abort()

    def deliver_batch(self) -> int:
        """Take, send and record what is due, the longest due first; return how many were taken."""
        leased = self._take(self._fits)
        self._deliver(leased, threading.Event())
        return len(leased)

    def _take(self, most: int, *, from_others: bool = True) -> Sequence[LeasedNotification]:
        """What is due, `most` of it, on lease; nothing during an outage.

        Not `from_others` at first: when the store was away for longer than a lease, who has sent is to record first.
        """
        if self.outage.is_on:
            if not self.outage.is_over(self._probe, at=self.clock()):
                return []
            send_now(self.database, causes=CAUSES, now=self.clock())
        return take_due(self.database, now=self.clock(), lease=self.lease, most=most, from_others=from_others)

    def _probe(self) -> Outcome:
        with self.sessions.one() as session:
            return session.probe()

    def _deliver(self, leased: Sequence[LeasedNotification], stop: threading.Event) -> None:
        if leased:
            attempts = self._attempts(leased, stop)
            self._record(attempts, stop)
            unarrived = [each.leased for each in attempts if each.state in _UNARRIVED]
            if unarrived:
                send_to_corrected(self.database, unarrived, now=self.clock())

    def _attempts(self, leased: Sequence[LeasedNotification], stop: threading.Event) -> list[Attempt]:
        """Send what its recipients may get, and leave all to another batch where the store cannot say what that is."""
        now = self.clock()
        try:
            permitted = self.limit.permitted(self.database, leased, now)
        except exc.SQLAlchemyError as error:
            if not is_outage(error):
                raise
            return [Attempt(each, None, now) for each in leased]
        postponed = [Attempt(each, POSTPONED, now) for each in leased if each.id not in permitted]
        with self.sessions.one() as session:
            return postponed + self._send([each for each in leased if each.id in permitted], session, stop)

    def _send(
        self, leased: Sequence[LeasedNotification], session: ChannelSession, stop: threading.Event
    ) -> list[Attempt]:
        """Send within the batch's time, and leave what there was no time for, or no server, to another batch."""
        until = time.monotonic() + BATCH_SECONDS
        attempts: list[Attempt] = []
        unreachable: Outcome | None = None
        for each in leased:
            goes_on = not (unreachable or stop.is_set()) and (not attempts or time.monotonic() < until)
            outcome = self._outcome(each, session) if goes_on else unreachable
            attempts.append(Attempt(each, outcome, self.clock()))
            if outcome and outcome.result is DeliveryResult.UNREACHABLE:
                unreachable = outcome
        made = sum(attempt.outcome is not None for attempt in attempts)
        if made < len(leased) or made >= self._fits:  # there was no time for all, or for all that were asked for
            self._fits = max(2, min(BATCH, 2 * made))
        if unreachable:
            self.outage.began(unreachable, at=self.clock())
        return attempts

    def _outcome(self, leased: LeasedNotification, session: ChannelSession) -> Outcome:
        if leased.email is None:
            return WITHOUT_ADDRESS
        try:
            return session.send(self.mail_builder.build(leased, leased.email, self.clock()))
        except BadAddress:
            return BAD_ADDRESS
        except Exception as error:  # one that cannot be rendered or sent must not hold up the others
            log.error("notification_unsendable", notification=str(leased.id), exc_info=error)
            return UNSENDABLE

    def _record(self, attempts: Sequence[Attempt], stop: threading.Event) -> None:
        """Record the attempts, again and again while the store is away: what is not recorded is sent twice."""
        while True:
            last = stop.is_set()
            try:
                return record(self.database, attempts, channel=self.channel.name)
            except exc.SQLAlchemyError as error:
                if last or not is_outage(error):
                    raise
                log.warning("attempts_not_recorded", attempts=len(attempts), exc_info=error)
            stop.wait(RECORD_AGAIN_SECONDS)


def _unfinished(sending: set[Future[None]]) -> set[Future[None]]:
    """Those of the futures that are not finished. Raises what one of the finished raised."""
    for each in sending:
        if each.done():
            each.result()
    return {each for each in sending if not each.done()}
