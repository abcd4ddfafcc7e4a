"""Publishes again, at start, what was still on the in-memory bus when the process ended."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import update

from services.operations.stores import Stores
from services.operations.unhandled import unhandled

log = structlog.get_logger()


def requeue_unhandled(stores: Stores, *, keep: timedelta, now: datetime) -> int:
    """Mark as unpublished every event that a subscriber has neither handled nor stored as failed; how many.

    `keep`: what was recorded longer ago stays as it is, for a subscriber may have forgotten that it handled it.
    """
    lacking = {(each.publisher, each.event_id) for each in unhandled(stores, since=now - keep, before=now)}
    for service, event_id in lacking:
        outbox = stores[service].tables.outbox
        with stores[service].database.sessions.begin() as session:
            session.execute(update(outbox).where(outbox.event_id == event_id).values(published_at=None))
    log.info("events_requeued", events=len(lacking))
    return len(lacking)
