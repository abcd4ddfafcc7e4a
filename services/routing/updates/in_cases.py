"""The cases in which something is new for an officer."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session, sessionmaker

from services.routing.organisation.officers import Officer
from services.routing.queues.list_cases import ListedCase, cases_with_ids
from services.routing.updates.unseen import NewItem, Unseen


class NewInCase(NamedTuple):
    """A case, and what is new in it, the latest first."""

    listed: ListedCase
    items: Sequence[NewItem]


def new_in_cases(officer: Officer, unseen: Unseen, *, sessions: sessionmaker[Session]) -> list[NewInCase]:
    """The cases of what the officer has not seen, the one with the latest first."""
    cases = cases_with_ids(officer, list(unseen.by_case), sessions=sessions)
    return [NewInCase(each, unseen.by_case[each.case.id]) for each in cases]
