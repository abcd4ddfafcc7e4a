"""Trying again what failed of a bulk job, and calling off what remains."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from services.routing.bulk.job_state import JobNotFound
from services.routing.bulk.models import BulkCase, BulkJob, Progress
from services.routing.bulk.order import boards_of, of_officer, waiting
from services.routing.cases.models import Case
from services.routing.desk.sessions import WORKING_DAY
from services.routing.organisation.officers import Officer


def retry(officer: Officer, job_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> BulkJob:
    """Have the worker try what failed or was called off once more, with the rights that the officer has now.

    It is tried on the cases as they are now. Raises JobNotFound.
    """
    version = select(Case.sequence).where(Case.id == BulkCase.case_id).scalar_subquery()
    with sessions.begin() as session:
        job = _locked_job(session, officer, job_id)
        again = _cases_of(job).where(BulkCase.progress.in_((Progress.FAILED, Progress.STOPPED)))
        if _changed(session, again.values(version=version, **waiting(now))):
            job.finished_at = None
            job.officer_name, job.boards, job.rights_until = officer.name, boards_of(officer), now + WORKING_DAY
    return job


def stop(officer: Officer, job_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> BulkJob:
    """Call off what waits of the job. What is being performed at this moment is performed. Raises JobNotFound."""
    with sessions.begin() as session:
        job = _locked_job(session, officer, job_id)
        remaining = _cases_of(job).where(BulkCase.progress == Progress.WAITING)
        if _changed(session, remaining.values(progress=Progress.STOPPED, changed_at=now)):
            job.finished_at = now
    return job


def _locked_job(session: Session, officer: Officer, job_id: UUID) -> BulkJob:
    job = session.scalar(select(BulkJob).where(of_officer(officer), BulkJob.id == job_id).with_for_update())
    if job is None:
        raise JobNotFound
    return job


def _cases_of(job: BulkJob) -> Any:
    return update(BulkCase).where(BulkCase.job_id == job.id).execution_options(synchronize_session=False)


def _changed(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement)
    return int(result.rowcount)
