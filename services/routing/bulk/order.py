"""Ordering an action for many cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.bulk.models import BulkCase, BulkJob, Progress
from services.routing.bulk.selections import ChosenCase
from services.routing.cases.state_machine import Action
from services.routing.desk.sessions import WORKING_DAY
from services.routing.organisation.officers import Officer
from shared.bulk import insert_rows
from shared.idempotency import KeyReused, fingerprint

MOST_JOBS = 5  # of one officer, that are not finished


class TooManyJobs(Exception):
    """The officer has as many jobs that are not finished as one may have; `most` is how many that is."""

    most = MOST_JOBS


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


def of_officer(officer: Officer) -> ColumnElement[bool]:
    """The condition that a job is one that the officer ordered."""
    return (BulkJob.municipality == officer.municipality) & (BulkJob.officer_subject == officer.subject)


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
        boards=boards_of(officer),
        rights_until=now + WORKING_DAY,
        action=order.action,
        request=dict(order.request),
        cases=cases,
        ordered_at=now,
        idempotency_key=order.key,
        fingerprint=order.fingerprint,
    )


def boards_of(officer: Officer) -> list[str] | None:
    """The officer's boards, as a job has them."""
    return None if officer.boards is None else sorted(officer.boards)


def waiting(now: datetime) -> dict[str, Any]:
    """What the record of a case has while the case waits."""
    return {"progress": Progress.WAITING, "reason": None, "detail": {}, "changed_at": now}


def _row(job: BulkJob, position: int, chosen: ChosenCase, now: datetime) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "position": position,
        "municipality": job.municipality,
        "case_id": chosen.id,
        "version": chosen.version,
        **waiting(now),
    }
