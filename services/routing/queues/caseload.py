"""What the open cases show: the e-services that a queue holds."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from services.routing.cases.models import STILL_OPEN, Case
from services.routing.organisation.officers import Officer


class Eservice(NamedTuple):
    """An e-service with open cases in a queue."""

    code: str
    title: dict[str, str]


def eservices_in(officer: Officer, queue: str, *, sessions: sessionmaker[Session]) -> list[Eservice]:
    """The e-services that the queue's open cases came by, by code."""
    held = _each_value(
        Case.eservice, Case.eservice_title, officer.municipality, officer.sees, Case.queue == queue, STILL_OPEN
    )
    with sessions() as session:
        return [Eservice(code, title) for code, title in session.execute(held)]


def _each_value(
    column: InstrumentedAttribute[Any], shown: InstrumentedAttribute[Any], municipality: str, *conditions: Any
) -> Select[*tuple[Any, ...]]:
    """Each value of the column in the cases that fulfil the conditions, in order, with what one of these shows.

    The smallest value, then the smallest that is larger, and so on: each is one step into an index whose last column
    this is, where DISTINCT would read every case (https://wiki.postgresql.org/wiki/Loose_indexscan).
    """
    of_municipality: list[ColumnElement[bool]] = [Case.municipality == municipality, *conditions]
    values = select(func.min(column).label("value")).where(*of_municipality).cte("each_value", recursive=True)
    larger = select(func.min(column)).where(*of_municipality, column > values.c.value)
    values = values.union_all(select(larger.correlate(values).scalar_subquery()).where(values.c.value.is_not(None)))
    one = select(shown).where(*of_municipality, column == values.c.value).limit(1).correlate(values).scalar_subquery()
    return select(values.c.value, one).where(values.c.value.is_not(None)).order_by(values.c.value)
