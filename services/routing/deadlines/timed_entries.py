"""The journal entries that deadline clocks read, of many cases at once."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.cases.models import Case, JournalEntry
from services.routing.deadlines.clock import TIMED
from services.routing.models import canonical
from shared.bulk import one_of


class TimedEntry(NamedTuple):
    """What the deadline clock reads of a journal entry, as it is stored."""

    case_id: UUID
    action: str
    at: datetime
    data: dict[str, Any]

    @classmethod
    def of(cls, entry: JournalEntry) -> "TimedEntry":
        """Of an entry that may not be stored yet."""
        return cls(entry.case_id, entry.action, entry.at, orjson.loads(canonical(entry.data)))


def timed_entries(session: Session, cases: Collection[Case]) -> dict[UUID, list[TimedEntry]]:
    """The entries that the deadline clocks of the cases read, by case and in order; by one statement."""
    found: dict[UUID, list[TimedEntry]] = {case.id: [] for case in cases}
    for row in session.execute(_timed(), {"cases": [case.id for case in cases]}):
        found[row.case_id].append(TimedEntry(*row))
    return found


@cache
def _timed() -> Any:
    read = select(JournalEntry.case_id, JournalEntry.action, JournalEntry.at, JournalEntry.data)
    timed = read.where(one_of(JournalEntry.case_id, "cases"), JournalEntry.action.in_(TIMED))
    return timed.order_by(JournalEntry.case_id, JournalEntry.sequence)
