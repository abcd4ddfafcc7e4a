"""Claiming whichever case is next in a queue: a fair order, and only what the officer takes (docs/decisions/0031).

A case whose deadline has passed and that must be decided comes first. Then the one with the nearest hand-out day: its
last day, or NO_DEADLINE_DAYS after it was received where it has none, and PRIORITY_DAYS earlier for each step of
priority. So priority decides among cases that came about the same time, nearness of the deadline among those of one
priority, and age among those of one day; and nothing waits for ever, as what comes later has a later hand-out day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Date, literal_column, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.claim import claim
from services.routing.actions.command import ActionResult
from services.routing.cases.errors import CaseNotFound
from services.routing.cases.models import HAND_OUT_DAY, WAITING, Case, expired
from services.routing.conflicts.declared import declared_by
from services.routing.directory.competence import competence_of
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.overview import check_seen
from services.routing.queues.sorting import BY_DEADLINE
from shared.swedish.time import local_date


class QueueNotTaken(Exception):
    """By the directory, the officer is handed no cases of that queue."""


@dataclass(frozen=True)
class NextInQueue:
    """A command on the queue's next case, of those that the officer takes and has no conflict of interest in.

    What is on hold is passed over, unless it must be decided: a hold does not stop the deadline clock.
    """

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

        Raises QueueNotFound, QueueNotTaken.
        """
        check_seen(session, self.officer, self.queue, self.organisation)
        competence = competence_of(session, self.officer)
        if not competence.takes_queue(self.queue):
            raise QueueNotTaken
        # The state is a literal: only so do both databases see that the index of what waits fits.
        waiting = select(Case).where(
            self.officer.sees, Case.queue == self.queue, WAITING, competence.takes, ~declared_by(self.officer.subject)
        )
        first = waiting.limit(1).with_for_update(skip_locked=True)
        must_be_decided = first.where(expired(self.today)).order_by(*BY_DEADLINE)
        hand_out_day = literal_column(HAND_OUT_DAY[session.get_bind().dialect.name], Date())
        not_on_hold = first.where(Case.on_hold_until.is_(None))
        return session.scalar(must_be_decided) or session.scalar(
            not_on_hold.order_by(hand_out_day, Case.received_at, Case.id)
        )


def claim_next(
    officer: Officer,
    queue: str,
    organisation: Organisation,
    *,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult | None:
    """The officer takes the queue's next case; None when nothing waits that they take.

    Raises QueueNotFound, QueueNotTaken, KeyReused.
    """
    try:
        return claim(NextInQueue(officer, queue, organisation, local_date(now), key), sessions=sessions, now=now)
    except CaseNotFound:
        return None
