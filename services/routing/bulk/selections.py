"""Choosing cases: some of a list, or all that a queue's filters or a search have; each with its version then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.bulk.models import BulkSelection
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.desk.texts import later
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.list_cases import CaseFilter, every_case
from services.routing.queues.sorting import Sort
from services.routing.search.find import SearchPosition, search
from shared.bulk import one_of

PAGE = 200
SELECTION_LASTS = timedelta(days=1)


class ChosenCase(NamedTuple):
    """A case that was chosen, and its version then."""

    id: UUID
    version: int


class TooManyCases(Exception):
    """More cases than a job may have; `most` is how many that is."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} cases")
        self.most = most


class SelectionNotFound(Exception):
    """The officer has made no such selection, or so long ago that it is kept no longer."""


@dataclass(frozen=True)
class Chooser:
    """Chooses cases on an officer's behalf, of those that the officer sees, `most` at most.

    Its methods raise InvalidInput for `cases` where none is chosen, and TooManyCases.
    """

    officer: Officer
    most: int
    sessions: sessionmaker[Session]

    def some(self, ids: Collection[UUID], versions: dict[UUID, int] | None = None) -> list[ChosenCase]:
        """These cases, in this order; those that are not the officer's to see are left out.

        `versions`: at which versions the officer saw them, where that is known.
        """
        wanted = list(dict.fromkeys(ids))[: self.most + 1]
        with self.sessions() as session:
            query = select(Case.id, Case.sequence).where(self.officer.sees, one_of(Case.id, "ids"))
            found = {row.id: row.sequence for row in session.execute(query, {"ids": wanted})}
        seen = versions or {}
        return self._bounded([ChosenCase(each, seen.get(each, found[each])) for each in wanted if each in found])

    def all_of_queue(self, queue: str, filters: CaseFilter, organisation: Organisation, sort: Sort) -> list[ChosenCase]:
        """Every case of the queue that the filters let through. Raises QueueNotFound."""
        found = every_case(
            self.officer, queue, filters, organisation, sort=sort, limit=self.most + 1, sessions=self.sessions
        )
        return self._bounded([ChosenCase(*each) for each in found])

    def all_found(self, query: str) -> list[ChosenCase]:
        """Every case that a search finds. Raises InvalidInput for `q`."""
        found: list[ChosenCase] = []
        after: SearchPosition | None = None
        while len(found) <= self.most:
            page = search(self.officer, query, after=after, limit=PAGE, sessions=self.sessions)
            found += [ChosenCase(each.case.id, each.case.sequence) for each in page.cases]
            after = page.next
            if after is None:
                break
        return self._bounded(found)

    def _bounded(self, found: list[ChosenCase]) -> list[ChosenCase]:
        if not found:
            raise InvalidInput("cases", later("Choose at least one case."))
        if len(found) > self.most:
            raise TooManyCases(self.most)
        return found


def keep(
    officer: Officer, cases: Sequence[ChosenCase], origin: str, *, sessions: sessionmaker[Session], now: datetime
) -> UUID:
    """Keep what the officer has chosen until it is known what for; its id."""
    selection = BulkSelection(
        municipality=officer.municipality,
        officer_subject=officer.subject,
        cases=[[str(each.id), each.version] for each in cases],
        origin=origin,
        chosen_at=now,
    )
    with sessions.begin() as session:
        session.add(selection)
    return selection.id


@dataclass(frozen=True)
class KeptSelection:
    """What an officer has chosen, and the path of the list that it was chosen in."""

    id: UUID
    cases: Sequence[ChosenCase]
    origin: str


def kept(officer: Officer, selection_id: UUID, *, sessions: sessionmaker[Session]) -> KeptSelection:
    """What the officer has chosen. Raises SelectionNotFound."""
    query = select(BulkSelection).where(
        BulkSelection.municipality == officer.municipality,
        BulkSelection.officer_subject == officer.subject,
        BulkSelection.id == selection_id,
    )
    with sessions() as session:
        selection = session.scalar(query)
    if selection is None:
        raise SelectionNotFound
    return KeptSelection(
        selection.id, [ChosenCase(UUID(case_id), version) for case_id, version in selection.cases], selection.origin
    )
