"""What is kept for a time ends after it, the oldest first and a batch at a time, and nothing else does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import insert, select

from shared.bus import retention
from shared.bus.event_processor import EventProcessor
from shared.database import connect
from shared.settings import EventTimes
from tests.builders import HandClock
from tests.bus import TABLES, Base, Inbox, Outbox

TIMES = EventTimes(event_days=30)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def processor(database_url, clock):
    """A service's store and clock."""
    database = connect(database_url)
    Base.metadata.create_all(database.engine)
    yield EventProcessor("greeter", database.sessions, TABLES, (), clock)
    database.engine.dispose()


def record(processor, *, days_ago, published=True):
    at = processor.clock() - timedelta(days=days_ago)
    row = {"event_id": uuid4(), "subject": "s", "exchange": "e", "routing_key": "k", "body": "{}", "secret": False}
    row |= {"recorded_at": at, "published_at": at if published else None}
    with processor.sessions.begin() as session:
        session.execute(insert(Outbox).values(row))


def handle(processor, *, days_ago):
    at = processor.clock() - timedelta(days=days_ago)
    with processor.sessions.begin() as session:
        session.execute(insert(Inbox).values(event_id=uuid4(), name="n", subject="s", handled_at=at))


def ages(processor, column):
    with processor.sessions() as session:
        return sorted((processor.clock() - at).days for at in session.scalars(select(column)))


def expire(processor):
    retention.expire(retention.of_events(TABLES, TIMES), processor)


def test_published_events_end_after_their_days_and_unpublished_ones_never(processor):
    for days in (0, 29, 31, 90):
        record(processor, days_ago=days)
    record(processor, days_ago=90, published=False)

    expire(processor)

    assert ages(processor, Outbox.recorded_at) == [0, 29, 90]


def test_that_an_event_was_handled_is_known_for_twice_as_long(processor):
    for days in (0, 59, 61):
        handle(processor, days_ago=days)

    expire(processor)

    assert ages(processor, Inbox.handled_at) == [0, 59]


def test_a_turn_goes_on_while_batches_are_full_but_not_for_ever(processor, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(retention, "MOST_BATCHES", 3)
    for days in (40, 60, 50, 70, 31):
        record(processor, days_ago=days)

    expire(processor)

    assert ages(processor, Outbox.recorded_at) == [31, 40]


def test_a_batch_ends_the_oldest_and_is_counted(processor, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 1)
    for days in (40, 60, 50, 70, 31):
        record(processor, days_ago=days)
    before = ended()

    expire(processor)
    assert ages(processor, Outbox.recorded_at) == [31, 40, 50]
    expire(processor)
    expire(processor)

    assert ages(processor, Outbox.recorded_at) == []
    assert ended() == before + 5


def ended():
    return REGISTRY.get_sample_value("rows_expired_total", {"service": "greeter", "table": "outbox"}) or 0


def test_rows_that_take_others_with_them_go_a_few_in_a_transaction(processor):
    for days in (31, 40, 50):
        handle(processor, days_ago=days)
    few = retention.Retained(Inbox.handled_at, timedelta(days=30), batch=2)

    with processor.sessions.begin() as session:
        assert few.expire(session, processor.clock()) == 2
    retention.expire([few], processor)

    assert ages(processor, Inbox.handled_at) == []
