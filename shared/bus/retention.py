"""Rows that nothing can need any more end, a batch at a time, apart from what people and events wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter
from sqlalchemy import ColumnElement, delete, inspect, select, true, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.bus.event_processor import EventProcessor, Tables
from shared.settings import EventTimes

TURN_SECONDS = 60.0
BATCH = 5000  # rows of one table, so that no transaction is long
MOST_BATCHES = 10  # of one table in a turn: more than a minute of a flood records

EXPIRED = Counter("rows_expired", "Rows whose retention was over, by service and table.", ["service", "table"])


_ALL = true()


@dataclass(frozen=True)
class Retained:
    """Rows of a table that are deleted when the time in the column `since` is longer ago than `keep`.

    Where `emptied` names columns, these become null and the row stays. `since` has an index. `batch` is how
    many go in one transaction, where that is not BATCH.
    """

    since: InstrumentedAttribute[Any]
    keep: timedelta
    chosen: ColumnElement[bool] = _ALL
    emptied: tuple[str, ...] = ()
    batch: int | None = None

    @property
    def most(self) -> int:
        """How many end in one transaction."""
        return self.batch or BATCH

    def expire(self, session: Session, now: datetime) -> int:
        """End the oldest rows that are due, a batch of them; how many."""
        table = self.since.class_
        key = inspect(table).primary_key
        due = select(*key).where(self.since < now - self.keep, self.chosen).order_by(self.since).limit(self.most)
        these = tuple_(*key).in_(due.with_for_update(skip_locked=True))
        end = update(table).values(dict.fromkeys(self.emptied)) if self.emptied else delete(table)
        result: Any = session.execute(end.where(these), execution_options={"synchronize_session": False})
        return int(result.rowcount)


def of_events(tables: Tables, times: EventTimes) -> list[Retained]:
    """Published events, and the ids of handled ones; both for so long that none is ever handled twice."""
    return [
        Retained(tables.outbox.published_at, times.keep),
        Retained(tables.inbox.handled_at, times.keep_handled),
    ]


def expire(retained: Sequence[Retained], processor: EventProcessor) -> None:
    """End the rows of a service that are due, MOST_BATCHES of each table at most, each batch in its own transaction."""
    for each in retained:
        for _ in range(MOST_BATCHES):
            with processor.sessions.begin() as session:
                count = each.expire(session, processor.clock())
            EXPIRED.labels(processor.service, each.since.class_.__tablename__).inc(count)
            if count < each.most:
                break
