"""What a bus in memory held when its process ended is published again: the stores know who has not had what."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.operations.stores import Store, Stores

BATCH = 500

log = structlog.get_logger()

Sent = tuple[UUID, str, str]


def publish_again(stores: Stores) -> int:
    """Mark as unpublished each event that some subscriber neither has acted on nor holds; how many there were."""
    count = sum(_publish_again(publisher, stores) for publisher in stores.values())
    log.info("published_again", events=count)
    return count


def _publish_again(publisher: Store, stores: Stores) -> int:
    outbox, count = publisher.tables.outbox, 0
    for batch in _published(publisher):
        unheard = set().union(*(_unheard(batch, subscriber) for subscriber in stores.values()))
        with publisher.database.sessions.begin() as session:
            session.execute(update(outbox).where(outbox.event_id.in_(unheard)).values(published_at=None))
        count += len(unheard)
    return count


def _published(publisher: Store) -> Iterator[Sequence[Sent]]:
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


def _unheard(batch: Sequence[Sent], subscriber: Store) -> set[UUID]:
    meant = {event_id for event_id, exchange, key in batch if subscriber.subscribes_to(exchange, key)}
    with subscriber.database.sessions() as session:
        return meant - _acted_on(session, subscriber, meant) - _held(session, subscriber, meant)


def _acted_on(session: Session, subscriber: Store, ids: set[UUID]) -> set[UUID]:
    inbox = subscriber.tables.inbox
    return set(session.scalars(select(inbox.event_id).where(inbox.event_id.in_(ids))))


def _held(session: Session, subscriber: Store, ids: set[UUID]) -> set[UUID]:
    held = subscriber.tables.failed_events
    named = [str(event_id) for event_id in ids]
    return {UUID(event_id) for event_id in session.scalars(select(held.event_id).where(held.event_id.in_(named)))}
