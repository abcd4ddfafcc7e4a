"""Which of some events a service does not have: those that it has neither handled nor among its failed events."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.bulk import one_of
from shared.bus.event_processor import Tables


def unknown(session: Session, tables: Tables, event_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the events that the service does not have."""
    missing = set(event_ids) - set(session.scalars(_stored(tables.inbox.event_id), {"ids": event_ids}))
    if missing:
        failed = session.scalars(_stored(tables.failed_events.event_id), {"ids": [str(each) for each in missing]})
        missing -= set(map(UUID, failed))
    return missing


@cache
def _stored(column: Any) -> Any:
    """Those of the ids that are in the column."""
    return select(column).where(one_of(column, "ids"))
