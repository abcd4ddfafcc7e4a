"""Which of some events a service does not have: those that it has neither handled nor among its failed events."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, Uuid, bindparam, exists, func, select
from sqlalchemy.orm import Session

from shared.bus.event_processor import Tables


def unknown(session: Session, tables: Tables, event_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the events that the service does not have."""
    connection = session.connection()
    dialect = connection.dialect.name
    ids: Any = list(event_ids) if dialect == "postgresql" else orjson.dumps([each.hex for each in event_ids]).decode()
    found = connection.execute(_not_handled(dialect, tables.inbox.__table__), {"ids": ids}).scalars()
    missing = {each if isinstance(each, UUID) else UUID(each) for each in found}
    if not missing:
        return missing
    failed = tables.failed_events.event_id
    return missing - set(map(UUID, session.scalars(select(failed).where(failed.in_(map(str, missing))))))


@cache
def _not_handled(dialect: str, inbox: Any) -> Any:
    """The same statement for one event and for many: neither side need prepare or plan it anew."""
    if dialect == "postgresql":
        ids = select(func.unnest(bindparam("ids", type_=ARRAY(Uuid()))).label("id")).subquery()
        key = ids.c.id
    else:
        key = func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value
    return select(key).where(~exists().where(inbox.c.event_id == key))
