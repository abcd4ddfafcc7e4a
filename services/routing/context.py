"""What the API and the desk's pages both work with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.clock import Clock
from shared.web.identity import REFUSED, Identity
from shared.web.links import sign
from shared.web.problems import Problem


@dataclass(frozen=True)
class RoutingContext:
    """Routing's store, clock and casework, as the web app has them."""

    sessions: sessionmaker[Session]
    organisations: Mapping[str, Organisation]
    clock: Clock
    public_url: str
    link_key: str

    def officer(self, identity: Identity) -> Officer:
        """The officer whom a verified token speaks of. Raises Problem 403 for one of a municipality not served here."""
        if identity.municipality not in self.organisations:
            REFUSED.labels("routing", "municipality").inc()
            raise Problem(403, "unknown-municipality", detail="Your municipality is not served here.")
        return Officer(
            identity.subject,
            identity.name,
            identity.municipality,
            identity.boards_seen,
            sees_protected=identity.subject in self.organisations[identity.municipality].protected_officers,
        )

    def organisation_of(self, officer: Officer) -> Organisation:
        """The casework of the officer's municipality."""
        return self.organisations[officer.municipality]

    def attachment_url(self, attachment: Mapping[str, Any]) -> str:
        """An address at intake that gives the file to whoever holds it, for a short while."""
        attachment_id = str(attachment["id"])
        signature = sign(self.link_key, attachment_id)
        return f"{self.public_url}/intake/api/v1/attachments/{attachment_id}?signature={signature}"

    def how(self) -> dict[str, Any]:
        """The store and the time, as every use case that changes something takes them."""
        return {"sessions": self.sessions, "now": self.clock()}
