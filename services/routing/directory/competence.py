"""Which cases `claim next` hands an officer: of which queues and e-services. Leaders and registrars keep it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.directory.find import listed_officer
from services.routing.directory.models import KnownOfficer
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.swedish.time import local_date


class OnlyForLeaders(Exception):
    """The officer is neither a leader nor a registrar."""


@dataclass(frozen=True)
class Competence:
    """The codes of the queues and e-services whose cases an officer takes; None: of all of them."""

    queues: Collection[str] | None = None
    eservices: Collection[str] | None = None

    def takes_queue(self, code: str) -> bool:
        """Whether cases of this queue are handed to the officer."""
        return self.queues is None or code in self.queues

    @property
    def takes(self) -> ColumnElement[bool]:
        """The condition on `Case` that it is of an e-service whose cases are handed to the officer."""
        return true() if self.eservices is None else Case.eservice.in_(sorted(self.eservices))


def competence_of(session: Session, officer: Officer) -> Competence:
    """What an officer takes; who is not in the directory takes everything."""
    kept = select(KnownOfficer.queues, KnownOfficer.eservices).where(
        KnownOfficer.municipality == officer.municipality, KnownOfficer.subject == officer.subject
    )
    row = session.execute(kept).one_or_none()
    return Competence(*row) if row else Competence()


def set_competence(
    officer: Officer,
    officer_id: UUID,
    competence: Competence,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> None:
    """Set what a colleague takes, or oneself who leads.

    Raises OfficerNotFound, OnlyForLeaders, and InvalidInput for a queue or an e-service that there is not.
    """
    if not officer.leads:
        raise OnlyForLeaders
    if not set(competence.queues or ()) <= organisation.queues.keys():
        raise InvalidInput("queues", "There is no such queue.")
    if not set(competence.eservices or ()) <= organisation.eservices.keys():
        raise InvalidInput("eservices", "There is no such e-service.")
    with sessions.begin() as session:
        known = listed_officer(session, officer, officer_id, local_date(now)).officer
        known.queues = None if competence.queues is None else sorted(competence.queues)
        known.eservices = None if competence.eservices is None else sorted(competence.eservices)
