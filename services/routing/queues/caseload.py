"""What the open cases of a queue show: the e-services that they came by, and the officers who have them."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from services.routing.cases.models import OPEN_WITH_OFFICER, STILL_OPEN, Case
from services.routing.organisation.officers import Officer


class Eservice(NamedTuple):
    """An e-service with open cases in a queue."""

    code: str
    title: dict[str, str]


def eservices_in(officer: Officer, queue: str, *, sessions: sessionmaker[Session]) -> list[Eservice]:
    """The e-services that the queue's open cases came by, by code."""
    with sessions() as session:
        return eservices_of(session, officer, queue)


def eservices_of(session: Session, officer: Officer, queue: str) -> list[Eservice]:
    """The same, in the caller's transaction."""
    of_queue = (officer.sees, Case.queue == queue, STILL_OPEN)
    held = _each_value(Case.eservice, Case.eservice_title, officer.municipality, *of_queue)
    return [Eservice(code, title) for code, title in session.execute(held)]


def officers_of(session: Session, officer: Officer, queue: str) -> list[str]:
    """The subjects of the officers who have open cases of the queue."""
    of_queue = (officer.sees, Case.queue == queue, OPEN_WITH_OFFICER)
    having = _each_value(Case.officer_subject, Case.officer_name, officer.municipality, *of_queue)
    return [subject for subject, _ in session.execute(having)]


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
