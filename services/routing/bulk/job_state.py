"""How an officer's bulk jobs stand, and with which cases they were not performed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.bulk.models import BulkCase, BulkJob, Progress
from services.routing.bulk.order import of_officer
from services.routing.cases.models import Case, SubmissionCopy, known_regime
from services.routing.organisation.officers import Officer
from services.routing.queues.list_cases import ListedCase
from services.routing.search.models import SearchDocument
from shared.database import after_position
from shared.swedish.law import LegalRegime


class JobNotFound(Exception):
    """The officer has ordered no such job."""


@dataclass(frozen=True)
class JobState:
    """A job and how many of its cases stand how. `regime` is the law that the first of them is handled under."""

    job: BulkJob
    counts: Counter[str]
    regime: LegalRegime

    @property
    def waiting(self) -> int:
        """Cases that wait."""
        return self.counts[Progress.WAITING]

    @property
    def performed(self) -> int:
        """Cases with which the action was performed."""
        return self.counts[Progress.PERFORMED]

    @property
    def failed(self) -> int:
        """Cases with which it failed."""
        return self.counts[Progress.FAILED]

    @property
    def stopped(self) -> int:
        """Cases with which it was called off."""
        return self.counts[Progress.STOPPED]


class FailedCase(NamedTuple):
    """A case with which the action failed or was called off. `listed` None: it is the officer's to see no more."""

    record: BulkCase
    listed: ListedCase | None


@dataclass(frozen=True)
class FailedPage:
    """Some of them, and after which position to go on; `next` None: there are no more."""

    cases: Sequence[FailedCase]
    next: int | None


class JobPosition(NamedTuple):
    """Where a page of jobs ended: what the next one begins after."""

    ordered_at: datetime
    job_id: UUID


@dataclass(frozen=True)
class JobPage:
    """Some of an officer's jobs, the latest first, and where to go on; `next` None: there are no more."""

    jobs: Sequence[JobState]
    next: JobPosition | None


def job_state(officer: Officer, job_id: UUID, *, sessions: sessionmaker[Session]) -> JobState:
    """How a job of the officer's stands. Raises JobNotFound."""
    with sessions() as session:
        job = session.scalar(select(BulkJob).where(of_officer(officer), BulkJob.id == job_id))
        if job is None:
            raise JobNotFound
        return _states(session, [job])[0]


def job_page(
    officer: Officer, *, after: JobPosition | None = None, limit: int = 50, sessions: sessionmaker[Session]
) -> JobPage:
    """A page of the officer's jobs, the latest first."""
    order = (BulkJob.ordered_at, BulkJob.id)
    query = select(BulkJob).where(of_officer(officer), after_position(order, after, descending=True))
    query = query.order_by(*(each.desc() for each in order)).limit(limit + 1)
    with sessions() as session:
        found = session.scalars(query).all()
        states = _states(session, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return JobPage(states, JobPosition(last.ordered_at, last.id) if last else None)


def failed_page(
    officer: Officer, job_id: UUID, *, after: int = 0, limit: int = 50, sessions: sessionmaker[Session]
) -> FailedPage:
    """A page of the cases with which a job of the officer's failed or was called off. Raises JobNotFound."""
    regime = SubmissionCopy.handling["legal_regime"].as_string()
    query = select(BulkCase, Case, SubmissionCopy.title, regime, SearchDocument.place)
    query = query.outerjoin(Case, (Case.id == BulkCase.case_id) & officer.sees)
    query = query.outerjoin(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    query = query.outerjoin(SearchDocument, SearchDocument.case_id == Case.id)
    these = (BulkCase.job_id == job_id, BulkCase.progress.in_((Progress.FAILED, Progress.STOPPED)))
    query = query.where(*these, BulkCase.position > after).order_by(BulkCase.position).limit(limit + 1)
    with sessions() as session:
        if session.scalar(select(BulkJob.id).where(of_officer(officer), BulkJob.id == job_id)) is None:
            raise JobNotFound
        rows = session.execute(query).all()
    found = [
        FailedCase(record, ListedCase(case, title, known_regime(code), place) if case else None)
        for record, case, title, code, place in rows
    ]
    return FailedPage(found[:limit], found[limit - 1].record.position if len(found) > limit else None)


def _states(session: Session, jobs: Sequence[BulkJob]) -> list[JobState]:
    ids = [job.id for job in jobs]
    counts: dict[UUID, Counter[str]] = {job_id: Counter() for job_id in ids}
    counted = select(BulkCase.job_id, BulkCase.progress, func.count()).where(BulkCase.job_id.in_(ids))
    for job_id, progress, count in session.execute(counted.group_by(BulkCase.job_id, BulkCase.progress)):
        counts[job_id][progress] = count
    regimes = _regimes(session, ids)
    return [JobState(job, counts[job.id], known_regime(regimes.get(job.id))) for job in jobs]


def _regimes(session: Session, jobs: Sequence[UUID]) -> dict[UUID, str]:
    """The regime of each job's first case."""
    regime = SubmissionCopy.handling["legal_regime"].as_string()
    first = select(BulkCase.job_id, regime).join(SubmissionCopy, SubmissionCopy.case_id == BulkCase.case_id)
    rows = session.execute(first.where(BulkCase.job_id.in_(jobs), BulkCase.position == 1))
    return {row[0]: row[1] for row in rows}
