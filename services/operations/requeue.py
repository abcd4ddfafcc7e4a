"""Publishes again, at start, what was still on the in-memory bus when the process ended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import update

from services.operations.stores import Store, Stores
from services.operations.unhandled import unhandled

BATCH = 500  # events in an update

log = structlog.get_logger()


def requeue_unhandled(stores: Stores, *, keep: timedelta, now: datetime) -> int:
    """Mark as unpublished every event that a subscriber has neither handled nor stored as failed; how many.

    `keep`: what was recorded longer ago stays as it is, for a subscriber may have forgotten that it handled it.
    """
    lacking: dict[str, set[UUID]] = defaultdict(set)
    for each in unhandled(stores, since=now - keep, before=now):
        lacking[each.publisher].add(each.event_id)
    for publisher, event_ids in lacking.items():
        _requeue(stores[publisher], list(event_ids))
    count = sum(map(len, lacking.values()))
    log.info("events_requeued", events=count)
    return count


def _requeue(store: Store, event_ids: Sequence[UUID]) -> None:
    outbox = store.tables.outbox
    for start in range(0, len(event_ids), BATCH):
        some = outbox.event_id.in_(event_ids[start : start + BATCH])
        with store.database.sessions.begin() as session:
            session.execute(update(outbox).where(some).values(published_at=None))
