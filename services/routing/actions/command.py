"""What an officer requests, on a case or on whichever case is next in a queue, and what came of it."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from services.routing.cases.find_case import locked_case
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action, allowed
from services.routing.organisation.officers import Officer


class Command(Protocol):
    """What every action begins with: who, on which case, at which version they saw it, under which idempotency key.

    `version` None: whatever the version is. `key` None: sent twice, performed twice. `target` is what the command
    is about, for recognising it when it is sent again. `bulk_job` is the job that it is part of; the journal names it.
    """

    @property
    def officer(self) -> Officer: ...
    @property
    def version(self) -> int | None: ...
    @property
    def key(self) -> str | None: ...
    @property
    def target(self) -> Any: ...
    @property
    def bulk_job(self) -> UUID | None: ...

    def locked_case(self, session: Session) -> Case | None:
        """The case, locked; None when there is none."""
        ...


@dataclass(frozen=True)
class CaseCommand:
    """A command on one case."""

    officer: Officer
    case_id: UUID
    version: int | None = None
    key: str | None = None

    bulk_job: ClassVar[None] = None

    @property
    def target(self) -> UUID:
        """The case."""
        return self.case_id

    def locked_case(self, session: Session) -> Case | None:
        """The case, locked, when the officer's municipality has it."""
        return locked_case(session, self.officer.municipality, self.case_id)


@dataclass(frozen=True)
class ActionResult:
    """Where the case stood after the action. `sequence` is its version then, and the number of the journal entry.

    `queue` is where the case is now.
    """

    case_id: UUID
    number: str
    state: str
    sequence: int
    queue: str

    @property
    def allowed(self) -> tuple[Action, ...]:
        """What may be done with a case in that state."""
        return allowed(self.state)
