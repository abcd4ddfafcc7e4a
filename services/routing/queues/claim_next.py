"""Claiming whichever case is next in a queue."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.claim import claim
from services.routing.actions.command import ActionResult
from services.routing.cases.errors import CaseNotFound
from services.routing.cases.models import Case
from services.routing.cases.state_machine import State
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.list_cases import ORDERS, Sort, expired
from services.routing.queues.overview import check_seen
from shared.swedish.time import local_date


@dataclass(frozen=True)
class NextInQueue:
    """A command on the queue's next case: one that must be decided, else the nearest deadline, the oldest of these."""

    officer: Officer
    queue: str
    organisation: Organisation
    today: date
    key: str | None = None

    version: ClassVar[None] = None
    bulk_job: ClassVar[None] = None

    @property
    def target(self) -> list[str]:
        """The queue, whichever case it gives."""
        return ["next in", self.queue]

    def locked_case(self, session: Session) -> Case | None:
        """The case, locked; None when nothing waits. Two officers who claim at the same time get different cases.

        Raises QueueNotFound.
        """
        check_seen(session, self.officer, self.queue, self.organisation)
        waiting = select(Case).where(self.officer.sees, Case.queue == self.queue, Case.state == State.QUEUED)
        first = waiting.order_by(*ORDERS[Sort.DEADLINE]).limit(1).with_for_update(skip_locked=True)
        return session.scalar(first.where(expired(self.today))) or session.scalar(first)


def claim_next(
    officer: Officer,
    queue: str,
    organisation: Organisation,
    *,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult | None:
    """The officer takes the queue's next case; None when nothing waits. Raises QueueNotFound, KeyReused."""
    try:
        return claim(NextInQueue(officer, queue, organisation, local_date(now), key), sessions=sessions, now=now)
    except CaseNotFound:
        return None
