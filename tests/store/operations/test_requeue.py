"""What a bus in memory still had when its process ended is published again, and nothing else is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from services.operations.registry import SERVICES
from services.operations.requeue import requeue_unhandled
from services.operations.stores import migrate, stores
from services.standalone.config import Settings, standalone_settings
from shared.bus.topology import EVENTS_EXCHANGE, HANDLING_EXCHANGE
from shared.clock import utc_now

SUBSCRIBERS = ("routing", "notify")
KEEP = timedelta(days=30)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Three empty stores."""
    environ = standalone_settings(Settings(var=tmp_path_factory.mktemp("var")))
    for service in SERVICES:
        migrate(service, environ)
    return stores(environ)


@pytest.fixture
def published(opened):
    """Have intake record the event of a submission, published a while ago; the event's id."""

    def publish(exchange=EVENTS_EXCHANGE, recorded_at=None):
        event_id = uuid4()
        row = {
            "event_id": event_id,
            "subject": "a submission",
            "exchange": exchange,
            "routing_key": "submission.received.2039",
            "body": "{}",
            "secret": False,
            "recorded_at": recorded_at or utc_now(),
            "published_at": utc_now(),
        }
        with opened["intake"].database.sessions.begin() as session:
            session.execute(insert(opened["intake"].tables.outbox).values(row))
        return event_id

    return publish


def handled(store, event_id):
    row = {"event_id": event_id, "name": "submission.received", "subject": "a submission", "handled_at": utc_now()}
    with store.database.sessions.begin() as session:
        session.execute(insert(store.tables.inbox).values(row))


def failed(store, event_id):
    row = {"event_id": str(event_id), "name": "submission.received", "body": b"{}", "reason": "X", "attempts": 1}
    with store.database.sessions.begin() as session:
        session.execute(insert(store.tables.failed_events).values({**row, "first_failed_at": utc_now()}))


def is_published(opened, event_id):
    outbox = opened["intake"].tables.outbox
    with opened["intake"].database.sessions() as session:
        return session.scalar(select(outbox.published_at).where(outbox.event_id == event_id)) is not None


@pytest.mark.parametrize("who_has_it", [(), ("routing",), ("notify",)])
def test_an_event_that_some_subscriber_has_not_handled_is_published_again(opened, published, who_has_it):
    event_id = published()
    for service in who_has_it:
        handled(opened[service], event_id)

    requeue_unhandled(opened, keep=KEEP, now=utc_now())

    assert not is_published(opened, event_id)


def test_more_than_are_updated_at_once_are_all_published_again(opened, published, monkeypatch):
    monkeypatch.setattr("services.operations.requeue.BATCH", 2)
    event_ids = [published() for _ in range(5)]

    requeue_unhandled(opened, keep=KEEP, now=utc_now())

    assert not any(is_published(opened, event_id) for event_id in event_ids)


def test_an_event_that_all_subscribers_have_handled_is_not(opened, published):
    event_id = published()
    for service in SUBSCRIBERS:
        handled(opened[service], event_id)

    requeue_unhandled(opened, keep=KEEP, now=utc_now())

    assert is_published(opened, event_id)


def test_an_event_among_a_subscribers_failed_events_is_left_to_it(opened, published):
    event_id = published()
    handled(opened["routing"], event_id)
    failed(opened["notify"], event_id)

    requeue_unhandled(opened, keep=KEEP, now=utc_now())

    assert is_published(opened, event_id)


def test_what_was_for_other_systems_is_not_published_again(opened, published):
    event_id = published(exchange=HANDLING_EXCHANGE)

    requeue_unhandled(opened, keep=KEEP, now=utc_now())

    assert is_published(opened, event_id)


def test_what_subscribers_may_have_forgotten_is_not_published_again(opened, published):
    event_id = published(recorded_at=utc_now() - KEEP)

    requeue_unhandled(opened, keep=KEEP, now=utc_now())

    assert is_published(opened, event_id)
