"""What the API and the desk's pages share. It imports no framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.routing.directory.record import Recorder
from services.routing.documents.upload import MOST_MEGABYTES_AN_HOUR
from services.routing.organisation.loader import Casework
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.clock import Clock
from shared.files.storage import Storage
from shared.files.virus_scanner import VirusScanner
from shared.live import Live
from shared.web.tokens import Identity, Role


class UnknownMunicipality(Exception):
    """This installation has no casework for the municipality."""


@dataclass(frozen=True)
class RoutingContext:
    """Routing's store, documents, clock and casework, as the web app has them, the most cases of one bulk job, and how
    many megabytes an officer may upload within an hour.
    """

    sessions: sessionmaker[Session]
    casework: Live[Casework]
    clock: Clock
    public_url: str
    link_key: str
    bulk_most_cases: int
    storage: Storage
    scanner: VirusScanner | None = None
    upload_megabytes: int = MOST_MEGABYTES_AN_HOUR

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """Each municipality's casework by code, as it is now, or as it was when the request began."""
        return self.casework.current.organisations

    def officer(self, identity: Identity) -> Officer:
        """The officer of a verified token, who is in the directory from then on.

        Raises UnknownMunicipality for one of a municipality not served here.
        """
        if identity.municipality not in self.organisations:
            raise UnknownMunicipality(identity.municipality)
        self._recorder.record(identity)
        return Officer(
            identity.subject,
            identity.name,
            identity.municipality,
            identity.boards_seen,
            sees_protected=identity.subject in self.organisations[identity.municipality].protected_officers,
            leads=identity.leads,
            is_registrar=Role.REGISTRAR in identity.roles,
        )

    def organisation_of(self, officer: Officer) -> Organisation:
        """The casework of the officer's municipality."""
        return self.organisations[officer.municipality]

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(self.sessions, self.clock)

    def store_and_time(self) -> dict[str, Any]:
        """The store and the time, as every use case that changes something takes them."""
        return {"sessions": self.sessions, "now": self.clock()}
