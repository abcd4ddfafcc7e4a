"""Finding cases, and locking them for an action."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import CaseNotFound, CaseNotKnownYet
from services.routing.cases.models import Case
from services.routing.organisation.officers import Officer
from shared.bulk import one_of
from shared.bus.event_processor import OpenedEvent


def locked_case(session: Session, municipality: str, case_id: UUID) -> Case | None:
    """The municipality's case of this id, locked, where there is one."""
    query = select(Case).where(Case.municipality == municipality, Case.id == case_id)
    return session.scalar(query.with_for_update())


def seen_case(session: Session, officer: Officer, case_id: UUID) -> Case:
    """The case, where it is the officer's to see. Raises CaseNotFound."""
    case = session.scalar(select(Case).where(Case.id == case_id, officer.sees))
    if case is None:
        raise CaseNotFound
    return case


def may_see(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session]) -> bool:
    """Whether there is a case of this id that is the officer's to see."""
    with sessions() as session:
        return bool(session.scalar(select(exists().where(Case.id == case_id, officer.sees))))


def known_cases_of_submissions(session: Session, opened: Sequence[OpenedEvent[Any]]) -> dict[UUID, Case]:
    """The cases of the submissions that events are about, by submission, locked; CaseNotKnownYet when one has none yet.

    They are locked as by `cases_of_submissions`.
    """
    wanted = {(each.event.municipality, each.payload.submission_id) for each in opened}
    cases = cases_of_submissions(session, opened)
    if not wanted <= cases.keys():
        raise CaseNotKnownYet
    return {submission: cases[municipality, submission] for municipality, submission in wanted}


def cases_of_submissions(session: Session, opened: Sequence[OpenedEvent[Any]]) -> dict[tuple[str, UUID], Case]:
    """The cases that there are of the submissions that events are about, by municipality and submission, locked.

    They are locked in one order: two batches about the same ones do not wait for each other.
    """
    wanted = {(each.event.municipality, each.payload.submission_id) for each in opened}
    municipalities, submissions = (list({each[part] for each in wanted}) for part in (0, 1))
    found = session.scalars(_cases_of(), {"municipalities": municipalities, "submissions": submissions})
    return {(case.municipality, case.submission_id): case for case in found}


@cache
def _cases_of() -> Any:
    of_submissions = select(Case).where(
        one_of(Case.municipality, "municipalities"), one_of(Case.submission_id, "submissions")
    )
    return of_submissions.order_by(Case.id).with_for_update()
