"""What was published and no subscriber has: neither among what it handled nor among its failed events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.operations.stores import Store, Stores
from shared.bus.unknown_events import unknown

BATCH = 500


@dataclass(frozen=True)
class Unhandled:
    """An event that a subscriber lacks. `name` is the event's, as `case.queued`."""

    event_id: UUID
    name: str
    publisher: str
    subscriber: str


def unhandled(stores: Stores, *, since: datetime, before: datetime) -> Iterator[Unhandled]:
    """The events that were recorded since then, published before then, and that a subscriber lacks."""
    for publisher in stores.values():
        for batch in _published(publisher, since, before):
            for subscriber in stores.values():
                yield from _lacking(publisher, subscriber, batch)


def _lacking(publisher: Store, subscriber: Store, batch: Sequence[Any]) -> Iterator[Unhandled]:
    names = {
        row.event_id: row.routing_key.rpartition(".")[0]
        for row in batch
        if subscriber.subscription.receives(row.exchange, row.routing_key)
    }
    if not names:
        return
    with subscriber.database.sessions() as session:
        missing = unknown(session, subscriber.tables, list(names))
    for event_id, name in names.items():
        if event_id in missing:
            yield Unhandled(event_id, name, publisher.service, subscriber.service)


def _published(publisher: Store, since: datetime, before: datetime) -> Iterator[Sequence[Any]]:
    outbox, last = publisher.tables.outbox, 0
    columns = select(outbox.id, outbox.event_id, outbox.exchange, outbox.routing_key)
    due = columns.where(outbox.published_at <= before, outbox.recorded_at > since).order_by(outbox.id).limit(BATCH)
    while True:
        with publisher.database.sessions() as session:
            rows = session.execute(due.where(outbox.id > last)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id
