"""Services are replaced one at a time: a subscriber of this version gets events of a later one, then it is replaced."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.orm import Session

from shared.bus import failed_events, outbox, topology
from shared.bus.event_processor import DependsOnEarlier, EventHandler, EventProcessor, Handlers, OpenedEvent
from shared.bus.failed_events import Counts
from shared.bus.supervisor import Supervisor
from shared.bus.topology import Subscription
from shared.bus.worker import bus_loops
from shared.clock import utc_now
from shared.events.envelope import Event
from shared.events.intake import Handling, SubmissionReceived
from shared.events.payloads import EventPayload
from shared.events.routing import CasePayload, CaseRegistered, CaseState
from shared.settings import EventTimes
from tests.builders import NOON, a_submission, case_event, received
from tests.bus import KEYRING, TABLES, FailedEvent, Greeter, Greeting, Outbox, Reconciliation, a_greeter, eventually

REAL = pytest.param("real", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])
SUBSCRIBER = Subscription("reader", ("submission.#", "case.#"))


class LaterRegime(StrEnum):
    """The laws of a later day."""

    FORVALTNINGSLAGEN = "forvaltningslagen"
    A_NEW_LAW = "lag_2031_17"


@dataclass(frozen=True)
class LaterHandling(Handling):
    """Handling under one of them."""

    legal_regime: LaterRegime  # type: ignore[assignment]


@dataclass(frozen=True)
class LaterSubmissionReceived(SubmissionReceived):
    """Still version 1: one more value is a compatible change."""

    handling: LaterHandling


@dataclass(frozen=True)
class LaterCaseRegistered(CaseRegistered):
    """Version 2 has one more field that must be there."""

    VERSION: ClassVar[int] = 2
    UPCASTS: ClassVar[Any] = {1: lambda data: {**data, "register": data["board"]}}

    register: str = field(kw_only=True)


@dataclass(frozen=True)
class CaseEscalated(CasePayload):
    """An event that this version does not know."""

    NAME: ClassVar[str] = "case.escalated"


def store_ids(session: Session, opened: Sequence[OpenedEvent[EventPayload]]) -> None:
    """A handler that stores the events' ids."""
    session.add_all(Greeting(words=str(each.event.id)) for each in opened)


def table(*kinds: type[EventPayload]) -> Handlers:
    return (EventHandler(kinds, store_ids),)


OLD = table(SubmissionReceived, CaseRegistered)
NEW = table(LaterSubmissionReceived, LaterCaseRegistered, CaseEscalated)


@pytest.fixture(params=["embedded", REAL])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Greeter]:
    """A store with bus tables, and the broker beside it."""
    if request.param == "real":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        made = a_greeter(make(), request.getfixturevalue("broker_url"))
    else:
        made = a_greeter(f"sqlite:///{tmp_path}/reader.sqlite", "memory://reader")
    with topology.connect(made.broker_url) as connection:
        topology.declare(connection, SUBSCRIBER)
    yield made
    with topology.connect(made.broker_url) as connection:
        for queue in (SUBSCRIBER.queue, SUBSCRIBER.dead_letter_queue):
            connection.default_channel.queue_delete(queue)
    made.database.engine.dispose()


@contextmanager
def reading(store: Greeter, handlers: Handlers) -> Iterator[None]:
    """The reader's worker at work, with the table of one version."""
    stop = threading.Event()
    threads = Supervisor(stop).start(
        bus_loops(
            database=store.database,
            broker_url=store.broker_url,
            keyring=KEYRING,
            subscription=SUBSCRIBER,
            tables=TABLES,
            progress=Reconciliation,
            handlers=handlers,
            times=EventTimes(),
        )
    )
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)


def later_events() -> list[Event]:
    """A later version of an event, a value of a later day, and an event of a new type."""
    submission = a_submission()
    handling = LaterHandling(**{**vars(submission.handling), "legal_regime": LaterRegime.A_NEW_LAW})
    later_submission = LaterSubmissionReceived(**{**vars(submission), "handling": handling})
    registered = case_event(CaseRegistered, submission)
    later_case = LaterCaseRegistered(**vars(CaseRegistered.open(registered)), register="BN")
    escalated = CaseEscalated(uuid4(), submission.submission_id, "BN 2031-1", "bygglov", CaseState.QUEUED, NOON)
    return [
        received(later_submission),
        *(
            payload.event(subject=payload.case_id, municipality="2039", sequence=9, at=NOON)
            for payload in (later_case, escalated)
        ),
    ]


def ids(events: list[Event]) -> list[str]:
    return sorted(str(event.id) for event in events)


def newer_counted(event: str) -> float:
    return REGISTRY.get_sample_value("bus_events_newer_total", {"service": "reader", "event": event}) or 0


def counts(store: Greeter) -> Counts:
    with store.database.sessions() as session:
        return failed_events.count(session, FailedEvent)


def test_events_of_a_later_version_wait_while_others_flow_and_are_handled_once_by_the_subscriber_that_knows_them(
    store: Greeter,
) -> None:
    later, ordinary = later_events(), [received(a_submission()), case_event(CaseRegistered, a_submission())]
    counted = {event.name: newer_counted(event.name) for event in later}

    with reading(store, OLD):
        store.publish(*later, *ordinary)
        eventually(lambda: sorted(store.received()) == ids(ordinary))
        eventually(lambda: len(store.failed()) == len(later))

    assert counts(store) == Counts(waiting=0, newer=3, parked=0)
    assert {row.reason.partition(": se.arende.")[0] for row in store.failed()} == {"NewerEvent"}
    assert {event.name: newer_counted(event.name) for event in later} == {name: n + 1 for name, n in counted.items()}

    with reading(store, NEW):
        eventually(lambda: not store.failed())
        with store.database.sessions.begin() as session:
            outbox.replay(session, Outbox, since=NOON, reach=NOON - timedelta(hours=1))
        eventually(lambda: store.unpublished() == 0)
        store.publish(last := received(a_submission()))
        eventually(lambda: str(last.id) in store.received())

    assert sorted(store.received()) == ids([*later, *ordinary, last])


def test_an_event_of_a_later_version_is_tried_ever_more_seldom_and_never_parked(store: Greeter) -> None:
    processor = EventProcessor("reader", store.database.sessions, TABLES, OLD, utc_now)
    for event in later_events():
        failed_events.keep(processor, event.encode(), refusal(processor, event))
    for days in range(1, 30):
        later = replace(processor, clock=lambda days=days: utc_now() + timedelta(days=days))
        assert failed_events.retry_due(later, KEYRING) == 3

    waits = {row.next_attempt_at - utc_now() > timedelta(days=29, minutes=50) for row in store.failed()}
    assert (waits, {row.attempts for row in store.failed()}) == ({True}, {30})


def test_an_event_that_fails_once_its_version_is_known_gets_a_whole_round_of_attempts(store: Greeter) -> None:
    [_, registered, _] = later_events()
    processor = EventProcessor("reader", store.database.sessions, TABLES, OLD, utc_now)
    failed_events.keep(processor, registered.encode(), refusal(processor, registered))
    for days in range(1, 10):
        failed_events.retry_due(replace(processor, clock=lambda days=days: utc_now() + timedelta(days=days)), KEYRING)

    def fail(session: Session, opened: Sequence[OpenedEvent[EventPayload]]) -> None:
        raise ValueError

    known = replace(
        processor, handlers=(EventHandler((LaterCaseRegistered,), fail),), clock=lambda: utc_now() + timedelta(days=20)
    )
    failed_events.retry_due(known, KEYRING)

    [row] = store.failed()
    assert (row.attempts, row.reason) == (1, "ValueError")
    assert row.next_attempt_at is not None


def refusal(processor: EventProcessor, event: Event) -> Exception:
    """What the reader raises over the event."""
    with pytest.raises(Exception) as raised:
        processor.handle([event])
    return raised.value


def test_an_event_that_depends_on_one_of_a_later_version_waits_with_it(store: Greeter) -> None:
    later_submission, _, _ = later_events()
    registered = case_event(CaseRegistered, a_submission())

    def depend(session: Session, opened: Sequence[OpenedEvent[EventPayload]]) -> None:
        raise DependsOnEarlier

    handlers = (*table(SubmissionReceived), EventHandler((CaseRegistered,), depend))
    processor = EventProcessor("reader", store.database.sessions, TABLES, handlers, utc_now)
    for event in (later_submission, registered):
        failed_events.keep(processor, event.encode(), refusal(processor, event))
    for days in range(1, 10):
        failed_events.retry_due(replace(processor, clock=lambda days=days: utc_now() + timedelta(days=days)), KEYRING)
    assert counts(store) == Counts(waiting=0, newer=2, parked=0)

    known = replace(processor, handlers=NEW)
    failed_events.make_newer_due(known)
    assert failed_events.retry_due(known, KEYRING) == 2

    assert sorted(store.received()) == ids([later_submission, registered])
