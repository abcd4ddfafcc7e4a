"""Whether the subscribers have what was published: the publisher asks them on the bus, and publishes again what lacks.

Each service looks into its own store only (docs/decisions/0015). An event is asked about once, when it was published so
long ago that it should have been handled; one that is published again is asked about again. Questions and answers may
be lost or come twice: how far a subscriber's answers reach stands in the publisher's store, and it asks from there on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from kombu import Connection
from prometheus_client import Counter, Gauge
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from shared.bus import topology
from shared.bus.event_processor import EventProcessor
from shared.bus.reconciliation_messages import Message, Window, send, take
from shared.bus.tables import ReconciliationColumns
from shared.bus.topology import EVENTS_EXCHANGE, Subscription
from shared.bus.unknown_events import unknown
from shared.database import upsert
from shared.settings import EventTimes

TURN_SECONDS = 15.0
BATCH = 500  # events that one question names
MOST_QUESTIONS = 20  # to one subscriber in a turn
CALM = timedelta(minutes=1)  # how long nothing was published for a subscriber before that is noted

log = structlog.get_logger()

REPUBLISHED = Counter(
    "bus_events_republished",
    "Events published again because a subscriber had not handled them within their time.",
    ["service", "subscriber"],
)
OLDEST_UNHANDLED = Gauge(
    "bus_unhandled_oldest_seconds",
    "Age of the oldest event that a subscriber lacked and that is not known to have arrived since.",
    ["service", "subscriber"],
)
KNOWN_UNTIL = Gauge(
    "bus_reconciliation_lag_seconds",
    "How long ago the last event was published of which it is known whether the subscriber has it.",
    ["service", "subscriber"],
)


@dataclass
class Reconciler:
    """One service, as the publisher that asks and as the subscriber that answers. Several workers may do so at once."""

    processor: EventProcessor
    progress: type[ReconciliationColumns]
    broker_url: str
    subscription: Subscription
    times: EventTimes
    subscribers: Sequence[Subscription]
    _has_turned: bool = False
    _last_question: dict[str, datetime] = field(default_factory=dict)

    def turn(self) -> None:
        """Answer what others ask, take their answers, ask about what is due, and set the gauges."""
        with topology.connect(self.broker_url) as connection:
            if not self._has_turned:
                topology.declare(connection, self.subscription)
                self._has_turned = True
            self._take_messages(connection)
            for subscriber, known_until in self._progress().items():
                self._ask(connection, subscriber, known_until)
        self._measure()

    @property
    def _service(self) -> str:
        return self.processor.service

    def _take_messages(self, connection: Connection) -> None:
        """While events wait in the service's queues it answers nothing: they are late, and not lost."""
        queues = (self.subscription.queue, self.subscription.dead_letter_queue)
        events_wait = any(topology.depth(connection, queue) > 0 for queue in queues)
        for message in take(connection, self.subscription):
            if message.is_answer:
                self._settle(message.origin, message.window)
            elif not events_wait:
                self._answer(connection, message.origin, message.window)

    def _answer(self, connection: Connection, publisher: str, window: Window) -> None:
        with self.processor.sessions() as session:
            missing = unknown(session, self.processor.tables, window.event_ids)
        send(connection, publisher, Message(self._service, True, replace(window, event_ids=list(missing))))

    def _settle(self, subscriber: str, answer: Window) -> None:
        """Note that the subscriber has what it was asked about, and publish again what it lacks.

        An answer that does not begin where the last one ended is a repeat, or another before it was lost.
        """
        progress, lacking = self.progress, len(answer.event_ids)
        begins_there = (progress.subscriber == subscriber, progress.known_until == answer.after)
        with self.processor.sessions.begin() as session:
            row = session.scalar(select(progress).where(*begins_there).with_for_update())
            if row is None:
                return
            row.known_until = answer.until
            if lacking:
                self._publish_again(session, row, answer)
            elif row.lacked_at and answer.until > row.lacked_at + self.times.republish_after:
                row.lacked_at = row.oldest_unhandled = None
        if lacking:
            REPUBLISHED.labels(self._service, subscriber).inc(lacking)
            log.warning("events_published_again", service=self._service, subscriber=subscriber, events=lacking)

    def _publish_again(self, session: Session, row: ReconciliationColumns, answer: Window) -> None:
        outbox = self.processor.tables.outbox
        lacking = (outbox.event_id.in_(answer.event_ids), outbox.published_at <= answer.until)
        oldest = session.scalar(select(func.min(outbox.recorded_at)).where(*lacking))
        row.oldest_unhandled = min(filter(None, (row.oldest_unhandled, oldest)), default=None)
        row.lacked_at = self.processor.clock()
        again = update(outbox).where(*lacking).values(published_at=None)
        session.execute(again, execution_options={"synchronize_session": False})

    def _ask(self, connection: Connection, subscriber: Subscription, known_until: datetime) -> None:
        """Ask about what follows; only a little of it while the subscriber does not answer."""
        most = 1 if self._last_question.get(subscriber.service) == known_until else MOST_QUESTIONS
        self._last_question[subscriber.service] = known_until
        for window in self._windows(subscriber, known_until, most):
            if window.event_ids:
                send(connection, subscriber.service, Message(self._service, False, window))
            elif window.until - window.after > CALM:
                self._settle(subscriber.service, window)

    def _windows(self, subscriber: Subscription, after: datetime, most: int) -> Iterator[Window]:
        """What was published since then for the subscriber and should have been handled, a batch at a time."""
        end = self.processor.clock() - self.times.republish_after
        for _ in range(most):
            if after >= end:
                return
            with self.processor.sessions() as session:
                window = self._window(session, subscriber, after, end)
            yield window
            after = window.until

    def _window(self, session: Session, subscriber: Subscription, after: datetime, end: datetime) -> Window:
        """The next batch: events that were published at one time are never apart."""
        outbox = self.processor.tables.outbox
        due = [*self._for(subscriber), outbox.published_at > after]
        batch = select(outbox.published_at, outbox.event_id).where(*due, outbox.published_at <= end)
        found = session.execute(batch.order_by(outbox.published_at).limit(BATCH)).all()
        if len(found) < BATCH:
            return Window(after, end, [row.event_id for row in found])
        until = found[-1].published_at
        ids = session.scalars(select(outbox.event_id).where(*due, outbox.published_at <= until))
        return Window(after, until, ids.all())

    def _for(self, subscriber: Subscription) -> list[ColumnElement[bool]]:
        """The conditions of an event that the subscriber gets, and that may still be published again."""
        outbox = self.processor.tables.outbox
        return [
            outbox.exchange == EVENTS_EXCHANGE,
            or_(*(outbox.routing_key.startswith(family) for family in subscriber.families)),
            outbox.recorded_at > self.processor.clock() - self.times.keep,
        ]

    def _progress(self) -> dict[Subscription, datetime]:
        """Until when it is known what each subscriber has; at first, as far back as events may be published again."""
        progress, first = self.progress, self.processor.clock() - self.times.keep
        with self.processor.sessions.begin() as session:
            known: dict[str, datetime] = dict(session.execute(select(progress.subscriber, progress.known_until)).all())
            if new := [each.service for each in self.subscribers if each.service not in known]:
                rows = [{"subscriber": service, "known_until": first} for service in new]
                insert = upsert(session.get_bind().dialect.name, progress)  # type: ignore[arg-type]
                session.execute(insert.on_conflict_do_nothing(), rows)
        return {each: known.get(each.service, first) for each in self.subscribers}

    def _measure(self) -> None:
        now = self.processor.clock()
        with self.processor.sessions() as session:
            rows = session.scalars(select(self.progress)).all()
        for row in rows:
            oldest = (now - row.oldest_unhandled).total_seconds() if row.oldest_unhandled else 0
            OLDEST_UNHANDLED.labels(self._service, row.subscriber).set(oldest)
            KNOWN_UNTIL.labels(self._service, row.subscriber).set((now - row.known_until).total_seconds())
