"""The loop that performs bulk jobs: each case by itself, in one transaction with the record that it was performed.

A worker that is killed leaves the case that it was at as it was, waiting; another worker, or the same once it runs
again, goes on from there. Several workers may perform one job: what one has locked, the others pass by.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import exc, select, update

from services.routing.actions.definition import ActionDefinition
from services.routing.bulk.bulk_command import BulkCommand, PassedBy
from services.routing.bulk.case_failure import CaseFailure, Reason, failure_of
from services.routing.bulk.models import BulkCase, BulkJob, Progress
from services.routing.bulk.offer import IN_BULK
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.organisation.officers import Officer
from shared.bus.notifier import commit_waiter
from shared.database import Database, is_outage

LONGEST_SLEEP = 1.0
SLICE = 25  # cases of a job, before the next job has its turn
MOST_JOBS_AT_ONCE = 50

FAILED = Counter(
    "routing_bulk_cases_failed",
    "Cases of bulk jobs with which the action could not be performed, by reason.",
    ["municipality", "action", "reason"],
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class JobPerformer:
    """The loop. `context` has the casework, by which the officer's rights are judged as it is at the time."""

    name: str
    database: Database
    context: RoutingContext

    def run(self, stop: threading.Event) -> None:
        """Perform what is ordered until stopped. Raises when the database fails; the worker then starts it again."""
        with commit_waiter(self.database.engine, BulkJob.__tablename__) as sleep:
            while not stop.is_set():
                if not self.turn(stop):
                    sleep(LONGEST_SLEEP)

    def turn(self, stop: threading.Event) -> int:
        """A slice of each job that is not finished, the oldest order first; how many cases were not passed by."""
        return sum(self._slice(job, stop) for job in self._unfinished())

    def _unfinished(self) -> Sequence[BulkJob]:
        """An action that only a newer version knows waits for it."""
        waiting = select(BulkJob).where(BulkJob.finished_at.is_(None), BulkJob.action.in_(list(IN_BULK)))
        with self.database.sessions() as session:
            return session.scalars(waiting.order_by(BulkJob.ordered_at, BulkJob.id).limit(MOST_JOBS_AT_ONCE)).all()

    def _slice(self, job: BulkJob, stop: threading.Event) -> int:
        next_cases = select(BulkCase).where(BulkCase.job_id == job.id, BulkCase.progress == Progress.WAITING)
        with self.database.sessions() as session:
            found = session.scalars(next_cases.order_by(BulkCase.position).limit(SLICE)).all()
        count = 0
        for each in found:
            if stop.is_set():
                break
            count += self._perform(job, each)
        if len(found) < SLICE:
            self._finish(job)
        return count

    def _perform(self, job: BulkJob, record: BulkCase) -> bool:
        """Perform the action with one case, or record why that is not possible; False: it was passed by."""
        try:
            self._attempt(job, record)
        except PassedBy:
            return False
        except Exception as error:
            if isinstance(error, exc.SQLAlchemyError) and is_outage(error):
                raise
            failure = failure_of(error)
            if failure.reason is Reason.UNEXPECTED:
                log.error("bulk_case_failed", job=str(job.id), case_id=str(record.case_id), exc_info=error)
            self._record_failure(job, record, failure)
        return True

    def _attempt(self, job: BulkJob, record: BulkCase) -> None:
        context, now = self.context, self.context.clock()
        if now >= job.rights_until:
            self._record_failure(job, record, CaseFailure(Reason.RIGHTS_OVER))
            return
        definition = IN_BULK[Action(job.action)]
        version = record.version if definition.conditional else None
        officer = _officer(job, context)
        command = BulkCommand(officer, record.case_id, job.id, record.position, version, now)
        definition.perform(context, command, _data(definition, job, context))

    def _record_failure(self, job: BulkJob, record: BulkCase, failure: CaseFailure) -> None:
        """Unless another worker has performed it meanwhile, or recorded the same."""
        this = (BulkCase.job_id == job.id, BulkCase.position == record.position)
        failed: dict[str, Any] = {"progress": Progress.FAILED, "reason": failure.reason, "detail": dict(failure.detail)}
        statement = update(BulkCase).where(*this, BulkCase.progress == Progress.WAITING)
        with self.database.sessions.begin() as session:
            result: Any = session.execute(statement.values(changed_at=self.context.clock(), **failed))
        if result.rowcount:
            FAILED.labels(job.municipality, job.action, failure.reason).inc()

    def _finish(self, job: BulkJob) -> None:
        """Note that nothing of the job waits any more, if that is so: another worker may be at one of its cases."""
        waiting = select(BulkCase.position).where(BulkCase.job_id == job.id, BulkCase.progress == Progress.WAITING)
        with self.database.sessions.begin() as session:
            locked = session.get(BulkJob, job.id, with_for_update=True)
            if locked and locked.finished_at is None and session.scalar(waiting.limit(1)) is None:
                locked.finished_at = self.context.clock()


def _officer(job: BulkJob, context: RoutingContext) -> Officer:
    """Who ordered the job, with the boards of then, and the right to protected cases that the casework gives now."""
    return Officer(
        job.officer_subject,
        job.officer_name,
        job.municipality,
        None if job.boards is None else frozenset(job.boards),
        sees_protected=job.officer_subject in context.organisations[job.municipality].protected_officers,
    )


def _data(definition: ActionDefinition, job: BulkJob, context: RoutingContext) -> dict[str, Any]:
    data: dict[str, Any] = definition.schema(context.clock).load(job.request)
    return data
