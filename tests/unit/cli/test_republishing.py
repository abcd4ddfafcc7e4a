"""What a bus in memory held when its process ended is published again, and nothing else is."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from services.operations.registry import SERVICES
from services.operations.requeue import publish_again
from services.operations.stores import migrate, stores
from services.standalone.config import Settings, embedded
from shared.bus.topology import EVENTS_EXCHANGE, HANDLING_EXCHANGE
from shared.clock import utc_now

LISTENERS = ("routing", "notify")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Three empty stores."""
    environ = embedded(Settings(var=tmp_path_factory.mktemp("var")))
    for service in SERVICES:
        migrate(service, environ)
    return stores(environ)


@pytest.fixture
def told(opened):
    """Have intake tell of a submission, published a while ago; the event's id."""

    def tell(exchange=EVENTS_EXCHANGE):
        event_id = uuid4()
        row = {
            "event_id": event_id,
            "subject": "a submission",
            "exchange": exchange,
            "routing_key": "submission.received.2039",
            "body": "{}",
            "secret": False,
            "recorded_at": utc_now(),
            "published_at": utc_now(),
        }
        with opened["intake"].database.sessions.begin() as session:
            session.execute(insert(opened["intake"].tables.outbox).values(row))
        return event_id

    return tell


def acted_on(store, event_id):
    row = {"event_id": event_id, "name": "submission.received", "subject": "a submission", "handled_at": utc_now()}
    with store.database.sessions.begin() as session:
        session.execute(insert(store.tables.inbox).values(row))


def held(store, event_id):
    row = {"event_id": str(event_id), "name": "submission.received", "body": b"{}", "reason": "X", "attempts": 1}
    with store.database.sessions.begin() as session:
        session.execute(insert(store.tables.failed_events).values({**row, "first_failed_at": utc_now()}))


def is_published(opened, event_id):
    outbox = opened["intake"].tables.outbox
    with opened["intake"].database.sessions() as session:
        return session.scalar(select(outbox.published_at).where(outbox.event_id == event_id)) is not None


@pytest.mark.parametrize("who_has_it", [(), ("routing",), ("notify",)])
def test_an_event_that_some_listener_has_not_had_is_published_again(opened, told, who_has_it):
    event_id = told()
    for service in who_has_it:
        acted_on(opened[service], event_id)

    publish_again(opened)

    assert not is_published(opened, event_id)


def test_an_event_that_all_listeners_have_acted_on_is_not(opened, told):
    event_id = told()
    for service in LISTENERS:
        acted_on(opened[service], event_id)

    publish_again(opened)

    assert is_published(opened, event_id)


def test_an_event_that_a_listener_holds_is_its_own_to_try_again(opened, told):
    event_id = told()
    acted_on(opened["routing"], event_id)
    held(opened["notify"], event_id)

    publish_again(opened)

    assert is_published(opened, event_id)


def test_what_was_for_other_systems_is_not_ours_to_tell_again(opened, told):
    event_id = told(exchange=HANDLING_EXCHANGE)

    publish_again(opened)

    assert is_published(opened, event_id)
