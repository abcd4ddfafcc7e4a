"""In which order lists have their cases, and where a page of one begins (docs/decisions/0041).

Some orders are one walk through an index. The others are groups: the cases of each priority, e-service or officer, one
group after the other, each by deadline. So every order is read from where its page begins, among however many cases.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.routing.cases.models import Case
from services.routing.cases.state_machine import State
from services.routing.directory.models import KnownOfficer
from services.routing.organisation.officers import Officer
from services.routing.queues.caseload import eservices_of, officers_of
from services.routing.rules.rules import Priority
from shared.database import after_position
from shared.swedish.sorting import sort_key


class Sort(StrEnum):
    """What comes first: the nearest deadline, what was received first or last (`newest`), the lowest case number …

    With `-` the other way round; `priority` is what is most urgent first. Cases of one e-service, officer or priority
    come by deadline; e-services and officers in Swedish order of their names, cases that nobody has last.
    """

    DEADLINE = "deadline"
    LATEST_DEADLINE = "-deadline"
    AGE = "age"
    NEWEST = "newest"
    NUMBER = "number"
    HIGHEST_NUMBER = "-number"
    ESERVICE = "eservice"
    LAST_ESERVICE = "-eservice"
    OFFICER = "officer"
    LAST_OFFICER = "-officer"
    PRIORITY = "priority"
    LEAST_URGENT = "-priority"

    @property
    def reverse(self) -> "Sort":
        """The same the other way round."""
        return _REVERSED[self]

    @property
    def is_descending(self) -> bool:
        """Whether it is the other way round."""
        return self in _FORWARDS.values()


_FORWARDS: Mapping[Sort, Sort] = {
    Sort.DEADLINE: Sort.LATEST_DEADLINE,
    Sort.AGE: Sort.NEWEST,
    Sort.NUMBER: Sort.HIGHEST_NUMBER,
    Sort.ESERVICE: Sort.LAST_ESERVICE,
    Sort.OFFICER: Sort.LAST_OFFICER,
    Sort.PRIORITY: Sort.LEAST_URGENT,
}
_REVERSED = {**_FORWARDS, **{reverse: sort for sort, reverse in _FORWARDS.items()}}

# Cases that are no longer open have indexes for these alone.
OF_ENDED = (Sort.DEADLINE, Sort.LATEST_DEADLINE, Sort.AGE, Sort.NEWEST)

BY_DEADLINE = (Case.due_by, Case.received_at, Case.id)
_WALKS: Mapping[Sort, tuple[Any, ...]] = {
    Sort.DEADLINE: BY_DEADLINE,
    Sort.AGE: (Case.received_at, Case.id),
    Sort.NUMBER: (Case.register_board, Case.register_year, Case.register_number),
}


class PagePosition(NamedTuple):
    """Where a page ended: the last case as it was sorted, and the key of its group."""

    due_by: date
    received_at: datetime
    case_id: UUID
    register_board: str
    register_year: int
    register_number: int
    group: str


class Part(NamedTuple):
    """Cases that come together in an order: of one group, those after where the page begins."""

    condition: ColumnElement[bool]
    order: Sequence[Any]
    group: str

    def of(self, query: Any) -> Any:
        """Those of a query's cases, in order."""
        return query.where(self.condition).order_by(*self.order)


class _Group(NamedTuple):
    """Cases that have something in common: `key` names it in a cursor, without personal data."""

    sorts_as: str
    key: str
    condition: ColumnElement[bool]


def position(case: Case, group: str) -> PagePosition:
    """Where a page ends with this case."""
    number = case.register_board, case.register_year, case.register_number
    return PagePosition(case.due_by, case.received_at, case.id, *number, group)


def parts(session: Session, officer: Officer, queue: str, sort: Sort, after: PagePosition | None) -> Iterator[Part]:
    """What makes up the order of a queue's cases, from where the page begins."""
    forwards = sort.reverse if sort.is_descending else sort
    if forwards in _WALKS:
        yield _walk(_WALKS[forwards], after, descending=sort.is_descending)
        return
    groups = _GROUPS[forwards](session, officer, queue)
    begins = _where(session, forwards, after, groups) if after else None
    for each in sorted(groups, key=lambda group: group.sorts_as, reverse=sort.is_descending):
        is_before = begins is not None and each.sorts_as != begins and (each.sorts_as < begins) != sort.is_descending
        if not is_before:
            part = _walk(BY_DEADLINE, after if each.sorts_as == begins else None)
            yield Part(part.condition & each.condition, part.order, each.key)


def by_deadline(after: PagePosition | None) -> Part:
    """The nearest deadline first, in whichever queues."""
    return _walk(BY_DEADLINE, after)


def _walk(columns: tuple[Any, ...], after: PagePosition | None, *, descending: bool = False) -> Part:
    values = [getattr(after, _NAMES.get(each.key, each.key)) for each in columns] if after else None
    order = [each.desc() for each in columns] if descending else columns
    return Part(after_position(columns, values, descending=descending), order, "")


_NAMES = {"id": "case_id"}


def _priorities(*_: Any) -> list[_Group]:
    most = max(Priority)
    return [_Group(str(most - each), str(most - each), Case.priority == each) for each in Priority]


def _eservices(session: Session, officer: Officer, queue: str) -> list[_Group]:
    found = ((f"{sort_key(title['sv'])} {code}", code) for code, title in eservices_of(session, officer, queue))
    return [_Group(name, name, Case.eservice == code) for name, code in found]


def _officers(session: Session, officer: Officer, queue: str) -> list[_Group]:
    """The officers who have cases there, by name; then those who have left the directory; then nobody."""
    subjects = officers_of(session, officer, queue)
    known = session.scalars(
        select(KnownOfficer).where(
            KnownOfficer.municipality == officer.municipality, KnownOfficer.subject.in_(subjects)
        )
    ).all()
    gone = set(subjects) - {each.subject for each in known}
    return [
        *(_Group(_name(each), str(each.id), Case.officer_subject == each.subject) for each in known),
        *([_Group(_GONE, _GONE, Case.officer_subject.in_(gone))] if gone else []),
        _Group(_NOBODY, _NOBODY, Case.state == State.QUEUED),  # by the state machine the very cases that nobody has
    ]


_GONE, _NOBODY = "gone", "nobody"


def _name(known: KnownOfficer) -> str:
    return f" {known.sort_key} {known.id}"  # so that every name comes before the two words above


def _where(session: Session, sort: Sort, after: PagePosition, groups: Sequence[_Group]) -> str:
    """Where the group stands that a page ended in, also when no case is left in it."""
    known = {each.key: each.sorts_as for each in groups}
    if after.group in known:
        return known[after.group]
    if sort is Sort.OFFICER:
        with suppress(ValueError):
            if left := session.get(KnownOfficer, UUID(after.group)):
                return _name(left)
    return after.group


_GROUPS: Mapping[Sort, Callable[[Session, Officer, str], list[_Group]]] = {
    Sort.PRIORITY: _priorities,
    Sort.ESERVICE: _eservices,
    Sort.OFFICER: _officers,
}
