"""Publishes again, at start, what was still on the in-memory bus when the process ended."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.operations.stores import Store, Stores

BATCH = 500

log = structlog.get_logger()

PublishedEvent = tuple[UUID, str, str]


def requeue_unhandled(stores: Stores) -> int:
    """Mark as unpublished every event that a subscriber has neither handled nor stored as failed; return how many."""
    count = sum(_requeue_unhandled(publisher, stores) for publisher in stores.values())
    log.info("events_requeued", events=count)
    return count


def _requeue_unhandled(publisher: Store, stores: Stores) -> int:
    outbox, count = publisher.tables.outbox, 0
    for batch in _published(publisher):
        unhandled = set().union(*(_unhandled(batch, subscriber) for subscriber in stores.values()))
        with publisher.database.sessions.begin() as session:
            session.execute(update(outbox).where(outbox.event_id.in_(unhandled)).values(published_at=None))
        count += len(unhandled)
    return count


def _published(publisher: Store) -> Iterator[Sequence[PublishedEvent]]:
    outbox, last = publisher.tables.outbox, 0
    columns = select(outbox.id, outbox.event_id, outbox.exchange, outbox.routing_key)
    while True:
        with publisher.database.sessions() as session:
            newer = columns.where(outbox.published_at.is_not(None), outbox.id > last)
            rows = session.execute(newer.order_by(outbox.id).limit(BATCH)).all()
        if not rows:
            return
        yield [(row.event_id, row.exchange, row.routing_key) for row in rows]
        last = rows[-1].id


def _unhandled(batch: Sequence[PublishedEvent], subscriber: Store) -> set[UUID]:
    subscribed = {event_id for event_id, exchange, key in batch if subscriber.subscription.receives(exchange, key)}
    with subscriber.database.sessions() as session:
        return subscribed - _handled(session, subscriber, subscribed) - _failed(session, subscriber, subscribed)


def _handled(session: Session, subscriber: Store, ids: set[UUID]) -> set[UUID]:
    inbox = subscriber.tables.inbox
    return set(session.scalars(select(inbox.event_id).where(inbox.event_id.in_(ids))))


def _failed(session: Session, subscriber: Store, ids: set[UUID]) -> set[UUID]:
    failed = subscriber.tables.failed_events
    as_text = [str(event_id) for event_id in ids]
    return {UUID(event_id) for event_id in session.scalars(select(failed.event_id).where(failed.event_id.in_(as_text)))}
