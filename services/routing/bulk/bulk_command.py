"""The command that a bulk job gives for one of its cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.bulk.models import BulkCase, Progress
from services.routing.cases.find_case import locked_case
from services.routing.cases.models import Case
from services.routing.organisation.officers import Officer


class PassedBy(Exception):
    """Another worker performs the case at this moment or has done so, or it was called off."""


@dataclass(frozen=True)
class BulkCommand:
    """A command on one case of a job. That its record becomes `performed` is part of the action's own transaction."""

    officer: Officer
    case_id: UUID
    bulk_job: UUID
    position: int
    version: int | None
    at: datetime

    key: ClassVar[None] = None

    @property
    def target(self) -> UUID:
        """The case."""
        return self.case_id

    def locked_case(self, session: Session) -> Case | None:
        """The case, locked, and recorded as performed if the transaction commits. Raises PassedBy."""
        locked = select(BulkCase).where(BulkCase.job_id == self.bulk_job, BulkCase.position == self.position)
        record = session.scalar(locked.with_for_update(skip_locked=True))
        if record is None or record.progress != Progress.WAITING:
            raise PassedBy
        record.progress, record.changed_at = Progress.PERFORMED, self.at
        return locked_case(session, self.officer.municipality, self.case_id)
