"""What a bus in memory held when its process ended is published again: the stores know who has not had what."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.stores import Store, Stores

BATCH = 500

log = structlog.get_logger()

Sent = tuple[UUID, str, str]


def publish_again(stores: Stores) -> int:
    """Mark as unpublished each event that some listener neither has acted on nor holds; how many there were."""
    count = sum(_publish_again(speaker, stores) for speaker in stores.values())
    log.info("published_again", events=count)
    return count


def _publish_again(speaker: Store, stores: Stores) -> int:
    outbox, count = speaker.tables.outbox, 0
    for batch in _published(speaker):
        unheard = set().union(*(_unheard(batch, listener) for listener in stores.values()))
        with speaker.database.sessions.begin() as session:
            session.execute(update(outbox).where(outbox.event_id.in_(unheard)).values(published_at=None))
        count += len(unheard)
    return count


def _published(speaker: Store) -> Iterator[Sequence[Sent]]:
    outbox, last = speaker.tables.outbox, 0
    columns = select(outbox.id, outbox.event_id, outbox.exchange, outbox.routing_key)
    while True:
        with speaker.database.sessions() as session:
            newer = columns.where(outbox.published_at.is_not(None), outbox.id > last)
            rows = session.execute(newer.order_by(outbox.id).limit(BATCH)).all()
        if not rows:
            return
        yield [(row.event_id, row.exchange, row.routing_key) for row in rows]
        last = rows[-1].id


def _unheard(batch: Sequence[Sent], listener: Store) -> set[UUID]:
    meant = {event_id for event_id, exchange, key in batch if listener.hears(exchange, key)}
    with listener.database.sessions() as session:
        return meant - _acted_on(session, listener, meant) - _held(session, listener, meant)


def _acted_on(session: Session, listener: Store, ids: set[UUID]) -> set[UUID]:
    inbox = listener.tables.inbox
    return set(session.scalars(select(inbox.event_id).where(inbox.event_id.in_(ids))))


def _held(session: Session, listener: Store, ids: set[UUID]) -> set[UUID]:
    held = listener.tables.held
    named = [str(event_id) for event_id in ids]
    return {UUID(event_id) for event_id in session.scalars(select(held.event_id).where(held.event_id.in_(named)))}
