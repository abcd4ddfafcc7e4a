"""Cases that have to do with a case: those that officers have linked, likely duplicates, earlier ones.

Only what the officer may see is found. A case of secrecy or of a protected person is shown at another case to its own
officer alone: that it is there would say something of the person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, or_, select, union_all
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import Case, SubmissionCopy, known_regime
from services.routing.cases.state_machine import OPEN
from services.routing.organisation.officers import Officer
from services.routing.queues.list_cases import ListedCase
from services.routing.related.likenesses import cells_about, hashed, metres_between
from services.routing.related.models import CaseLink, Kind, Likeness
from services.routing.search.documents import key_of
from services.routing.search.models import SearchDocument
from shared.conditions.areas import Position

NEAR = 200  # metres
WITHIN = timedelta(days=30)  # received further apart, two cases are hardly about the same thing
MOST_EARLIER = 5
MOST_DUPLICATES = 5
MOST_VALUES = 100  # that a case is looked for by: SQLite takes 500 terms in a statement
MOST_ALIKE, MOST_IN_SQUARE = 100, 30  # of the latest of each person and place, and in each square, are looked at


@dataclass(frozen=True)
class RelatedCase:
    """A case that has to do with another: what they have in common, and how far apart they are on the map."""

    listed: ListedCase
    kinds: frozenset[Kind] = frozenset()
    metres: int | None = None
    link: CaseLink | None = None

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.listed.case


@dataclass(frozen=True)
class Related:
    """The cases that have to do with a case; the latest first in each list. Those that are linked stand there alone."""

    linked: Sequence[RelatedCase] = ()
    duplicates: Sequence[RelatedCase] = ()
    earlier: Sequence[RelatedCase] = ()


@dataclass
class _Common:
    """What a case is found to have in common with another, and what makes it a likely duplicate."""

    case_id: UUID
    state: str
    eservice: str
    received_at: datetime
    kinds: set[Kind] = field(default_factory=set)
    metres: float | None = None


def related_to(officer: Officer, case: Case, *, sessions: sessionmaker[Session]) -> Related:
    """The cases that have to do with a case which the officer has opened."""
    with sessions() as session:
        linked = _linked(session, officer, case)
        own = session.scalars(select(Likeness).where(Likeness.case_id == case.id).order_by(Likeness.id)).all()
        apart = {each.case.id for each in linked}
        others = [each for each in _in_common(session, officer, case, own) if each.case_id not in apart]
        duplicates = [each for each in others if _is_likely_duplicate(case, each)][:MOST_DUPLICATES]
        alike = [each for each in others if each not in duplicates and each.kinds & {Kind.PERSON, Kind.PLACE}]
        earlier = alike[:MOST_EARLIER]
        listed = _listed_cases(session, [each.case_id for each in (*duplicates, *earlier)])
    return Related(linked, _as_related(duplicates, listed), _as_related(earlier, listed))


def _linked(session: Session, officer: Officer, case: Case) -> list[RelatedCase]:
    ends = or_(
        and_(CaseLink.case_id == case.id, CaseLink.other_id == Case.id),
        and_(CaseLink.other_id == case.id, CaseLink.case_id == Case.id),
    )
    query = _listed(CaseLink).join(CaseLink, ends).where(officer.sees).order_by(CaseLink.at.desc())
    return [RelatedCase(_listed_case(row), link=row.CaseLink) for row in session.execute(query)]


def _in_common(session: Session, officer: Officer, case: Case, own: Sequence[Likeness]) -> list[_Common]:
    """The cases that have something of this one's, the latest registered first."""
    places = [Position(each.longitude, each.latitude) for each in own if each.latitude and each.longitude]
    key = key_of(session)
    looked_at = {each.value: MOST_ALIKE for each in own}
    looked_at |= {hashed(Kind.CELL, each, key): MOST_IN_SQUARE for place in places for each in cells_about(place)}
    if not looked_at:
        return []
    alike = _latest_alike(case, dict(islice(looked_at.items(), MOST_VALUES))).subquery()
    of_case = (Case.id, Case.state, Case.eservice, Case.received_at)
    query = select(*of_case, alike.c.kind, alike.c.latitude, alike.c.longitude).join(alike, alike.c.case_id == Case.id)
    found: dict[UUID, _Common] = {}
    for row in session.execute(query.where(officer.sees, _may_be_hinted_at(officer)).order_by(alike.c.id.desc())):
        common = found.setdefault(row.id, _Common(row.id, row.state, row.eservice, row.received_at))
        if row.kind != Kind.CELL:
            common.kinds.add(Kind(row.kind))
        else:
            there = Position(row.longitude, row.latitude)
            common.metres = min(
                filter(None, [common.metres, *(max(1, metres_between(there, here)) for here in places)])
            )
    return list(found.values())


def _latest_alike(case: Case, looked_at: Mapping[str, int]) -> CompoundSelect[*tuple[Any, ...]]:
    """The latest likenesses of other cases, so many of each value.

    Each value is looked for by itself, in the order of its index: of a place that many write about no more is read, and
    what is near keeps out no earlier case of the same person.
    """
    columns = (Likeness.id, Likeness.case_id, Likeness.kind, Likeness.latitude, Likeness.longitude)
    of_others = (Likeness.municipality == case.municipality, Likeness.case_id != case.id)
    latest = select(*columns).where(*of_others).order_by(Likeness.id.desc())
    each_alone = (latest.where(Likeness.value == value).limit(most).subquery() for value, most in looked_at.items())
    return union_all(*map(select, each_alone))


def _may_be_hinted_at(officer: Officer) -> ColumnElement[bool]:
    open_to_all = and_(Case.secret.is_(False), Case.protected.is_(False))
    return or_(open_to_all, Case.officer_subject == officer.subject)


def _listed(*besides: Any) -> Select[*tuple[Any, ...]]:
    regime = SubmissionCopy.handling["legal_regime"].as_string().label("regime")
    query = select(Case, SubmissionCopy.title, regime, SearchDocument.place, *besides)
    query = query.join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    return query.outerjoin(SearchDocument, SearchDocument.case_id == Case.id)


def _listed_cases(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, ListedCase]:
    rows = session.execute(_listed().where(Case.id.in_(case_ids))) if case_ids else ()
    return {row.Case.id: _listed_case(row) for row in rows}


def _listed_case(row: Any) -> ListedCase:
    return ListedCase(row.Case, row.title, known_regime(row.regime), row.place)


def _is_likely_duplicate(case: Case, common: _Common) -> bool:
    """Whether both are open, of one e-service, received at about the same time, and about the same place."""
    is_near = Kind.PLACE in common.kinds or (common.metres is not None and common.metres <= NEAR)
    both_open = case.state in OPEN and common.state in OPEN
    return both_open and is_near and case.eservice == common.eservice and _apart(case, common) <= WITHIN


def _apart(case: Case, common: _Common) -> timedelta:
    return abs(case.received_at - common.received_at)


def _as_related(found: Iterable[_Common], listed: Mapping[UUID, ListedCase]) -> list[RelatedCase]:
    return [
        RelatedCase(
            listed[each.case_id],
            frozenset(each.kinds),
            round(each.metres) if each.metres is not None else None,
        )
        for each in found
    ]
