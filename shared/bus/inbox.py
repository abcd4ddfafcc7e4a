"""The inbox: the events that were handled. A row commits with its event's effect: a repeated event changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.bus.tables import InboxColumns
from shared.database import Utc
from shared.events.envelope import Event


def remember(session: Session, table: type[InboxColumns], events: Sequence[Event], *, at: datetime) -> set[UUID]:
    """Note the events as handled; the ids of those that were not known before.

    Waits for another transaction that is handling one of them. Rows are inserted in one order, so that no two
    transactions wait for each other.
    """
    by_id = {event.id: event for event in events}
    rows = [(event_id, by_id[event_id].name, by_id[event_id].subject) for event_id in sorted(by_id)]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        ids, names, subjects = (list(column) for column in zip(*rows, strict=True))
        new = connection.execute(
            _of_arrays(table.__table__), {"ids": ids, "names": names, "subjects": subjects, "at": at}
        )
    else:
        insert: Any = sqlite.insert(table).on_conflict_do_nothing().returning(table.event_id)
        new = connection.execute(insert, [dict(zip(_COLUMNS, (*row, at), strict=True)) for row in rows])
    return set(new.scalars())


_COLUMNS = ("event_id", "name", "subject", "handled_at")


@cache
def _of_arrays(table: Any) -> Any:
    """The same statement for one event and for a hundred, so that the server need not plan it each time."""
    rows = select(
        func.unnest(bindparam("ids", type_=ARRAY(Uuid()))),
        func.unnest(bindparam("names", type_=ARRAY(Text()))),
        func.unnest(bindparam("subjects", type_=ARRAY(Text()))),
        bindparam("at", type_=Utc()),
    )
    return postgresql.insert(table).from_select(_COLUMNS, rows).on_conflict_do_nothing().returning(table.c.event_id)
