"""Ordering an action for many cases, trying again what failed of it, and calling off what remains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.bulk.models import BulkCase, BulkJob, Progress
from services.routing.bulk.selections import ChosenCase
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action
from services.routing.desk.sessions import WORKING_DAY
from services.routing.organisation.officers import Officer
from shared.bulk import insert_rows
from shared.idempotency import KeyReused, fingerprint

MOST_JOBS = 5  # of one officer, that are not finished


class TooManyJobs(Exception):
    """The officer has as many jobs that are not finished as one may have; `most` is how many that is."""

    most = MOST_JOBS


class JobNotFound(Exception):
    """The officer has ordered no such job."""


@dataclass(frozen=True)
class Order:
    """An action that an officer orders, with what for: `request`, as the action's schema reads it.

    `key`: sent twice with it, it is ordered once; `sent` is then what must be the same.
    """

    officer: Officer
    action: Action
    request: Mapping[str, Any]
    key: str | None = None
    sent: Any = None

    @property
    def fingerprint(self) -> str:
        """By which the order is recognised when it is sent again."""
        return fingerprint([self.action, self.request, self.sent])


def ordered_before(order: Order, *, sessions: sessionmaker[Session]) -> BulkJob | None:
    """The job of the same order when it was sent before. Raises KeyReused when the key was for another."""
    with sessions() as session:
        return _earlier_job(session, order)


def place(order: Order, cases: Sequence[ChosenCase], *, sessions: sessionmaker[Session], now: datetime) -> BulkJob:
    """Place the order: the worker performs the action with each case, with the rights that the officer has now.

    Raises TooManyJobs and KeyReused.
    """

    def attempt() -> BulkJob:
        with sessions.begin() as session:
            if earlier := _earlier_job(session, order):
                return earlier
            _check_number(session, order.officer)
            job = _job(order, len(cases), now)
            session.add(job)
            session.flush()
            rows = [_row(job, position, each, now) for position, each in enumerate(cases, start=1)]
            insert_rows(session.connection(), {BulkCase: rows})
        return job

    try:
        return attempt()
    except IntegrityError:  # the same order was placed meanwhile, and its job can now be read
        return attempt()


def retry(officer: Officer, job_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> BulkJob:
    """Have the worker try what failed or was called off once more, with the rights that the officer has now.

    It is tried on the cases as they are now. Raises JobNotFound.
    """
    version = select(Case.sequence).where(Case.id == BulkCase.case_id).scalar_subquery()
    with sessions.begin() as session:
        job = _locked_job(session, officer, job_id)
        again = _cases_of(job).where(BulkCase.progress.in_((Progress.FAILED, Progress.STOPPED)))
        if _changed(session, again.values(version=version, **_waiting(now))):
            job.finished_at = None
            job.officer_name, job.boards, job.rights_until = officer.name, _boards(officer), now + WORKING_DAY
    return job


def stop(officer: Officer, job_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> BulkJob:
    """Call off what waits of the job. What is being performed at this moment is performed. Raises JobNotFound."""
    with sessions.begin() as session:
        job = _locked_job(session, officer, job_id)
        waiting = _cases_of(job).where(BulkCase.progress == Progress.WAITING)
        if _changed(session, waiting.values(progress=Progress.STOPPED, changed_at=now)):
            job.finished_at = now
    return job


def of_officer(officer: Officer) -> ColumnElement[bool]:
    """The condition that a job is one that the officer ordered."""
    return (BulkJob.municipality == officer.municipality) & (BulkJob.officer_subject == officer.subject)


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


def _earlier_job(session: Session, order: Order) -> BulkJob | None:
    if order.key is None:
        return None
    earlier = session.scalar(select(BulkJob).where(of_officer(order.officer), BulkJob.idempotency_key == order.key))
    if earlier and earlier.fingerprint != order.fingerprint:
        raise KeyReused
    return earlier


def _check_number(session: Session, officer: Officer) -> None:
    unfinished = select(func.count()).where(of_officer(officer), BulkJob.finished_at.is_(None))
    if (session.scalar(unfinished) or 0) >= MOST_JOBS:
        raise TooManyJobs


def _job(order: Order, cases: int, now: datetime) -> BulkJob:
    officer = order.officer
    return BulkJob(
        municipality=officer.municipality,
        officer_subject=officer.subject,
        officer_name=officer.name,
        boards=_boards(officer),
        rights_until=now + WORKING_DAY,
        action=order.action,
        request=dict(order.request),
        cases=cases,
        ordered_at=now,
        idempotency_key=order.key,
        fingerprint=order.fingerprint,
    )


def _boards(officer: Officer) -> list[str] | None:
    return None if officer.boards is None else sorted(officer.boards)


def _waiting(now: datetime) -> dict[str, Any]:
    return {"progress": Progress.WAITING, "reason": None, "detail": {}, "changed_at": now}


def _row(job: BulkJob, position: int, chosen: ChosenCase, now: datetime) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "position": position,
        "municipality": job.municipality,
        "case_id": chosen.id,
        "version": chosen.version,
        **_waiting(now),
    }
