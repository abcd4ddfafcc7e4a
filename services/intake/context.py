"""What the API and the pages both work with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.storage import Storage
from services.intake.eservices import loader
from services.intake.eservices.definition import EService
from services.intake.forms.form import Form
from services.intake.submissions.reference import BadReference, parse
from services.intake.tracking.timeline import Timeline, find
from shared.clock import Clock
from shared.municipalities import Municipality
from shared.settings import BadSetting
from shared.web.problems import Problem

log = structlog.get_logger()

Forms = Mapping[str, Mapping[str, Form]]


@dataclass(frozen=True)
class IntakeContext:
    """Intake's store, files, clock, and the forms of each municipality, as the web app has them."""

    sessions: sessionmaker[Session]
    storage: Storage
    clock: Clock
    municipalities: Mapping[str, Municipality]
    forms: Forms
    public_url: str
    link_key: str

    def municipality(self, slug: str) -> Municipality:
        """The municipality; Problem 404 when there is none."""
        found = self.municipalities.get(slug)
        if found is None:
            raise Problem(404, "unknown-municipality", detail="There is no such municipality here.")
        return found

    def form(self, slug: str, code: str) -> Form:
        """The form of a municipality's e-service; Problem 404 when there is none."""
        found = self.forms[self.municipality(slug).slug].get(code)
        if found is None:
            raise Problem(404, "unknown-eservice", detail="There is no such e-service here.")
        return found

    def timeline(self, slug: str, reference: str) -> Timeline:
        """Where the municipality's submission with this reference stands; Problem 404 when there is none."""
        municipality = self.municipality(slug)
        try:
            found = find(self.sessions, municipality.code, parse(reference))
        except BadReference as fault:
            raise Problem(404, "bad-reference", detail="The reference is not written right.") from fault
        if found is None:
            raise Problem(404, "unknown-reference", detail="Nothing was sent in with that reference.")
        return found

    def status_page(self, slug: str, reference: str) -> str:
        """The address where the submitter sees how it goes."""
        return f"{self.public_url}/{slug}/arenden/{reference}"


def forms(folder: Path, municipalities: Mapping[str, Municipality], clock: Clock) -> Forms:
    """Every municipality's forms by code, built once. What is wrong with a definition is logged; the others serve.

    Raises BadSetting where a municipality withholds what there is none of: then it may offer what it should not.
    """
    definitions = loader.load(folder)
    for fault in definitions.errors:
        log.error("definition_refused", file=str(fault.file), line=fault.line, fault=fault.message)
    return {
        slug: {code: Form(eservice, clock) for code, eservice in _offered(definitions, municipality).items()}
        for slug, municipality in municipalities.items()
    }


def _offered(definitions: loader.Definitions, municipality: Municipality) -> dict[str, EService]:
    withheld, slug = set(municipality.eservices_withheld), municipality.slug
    if unknown := withheld - definitions.codes(slug):
        raise BadSetting(f"municipality {slug}: eservices_withheld: there is no e-service {', '.join(sorted(unknown))}")
    return {code: eservice for code, eservice in definitions.of(slug).items() if code not in withheld}
