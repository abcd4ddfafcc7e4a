"""What intake's API and pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import Request
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.storage import Storage
from services.intake.attachments.virus_scanner import VirusScanner
from services.intake.eservices import loader
from services.intake.eservices.definition import EService
from services.intake.forms.form import Form
from services.intake.limits.limits import Client, Limits
from services.intake.limits.waiting import Waiting
from services.intake.submissions.reference import CaseNumberGiven, InvalidReference, parse
from services.intake.tracking.timeline import Timeline, UnknownReference, find
from shared.clock import Clock
from shared.eservice_files import unread
from shared.i18n.translations import Languages
from shared.municipalities import Municipality
from shared.networks import Networks
from shared.settings import BadSetting
from shared.web.clients import client_address
from shared.yaml_files import summary

log = structlog.get_logger()

Forms = Mapping[str, Mapping[str, Form]]


class UnknownMunicipality(Exception):
    """There is no municipality with the slug."""


class UnknownEService(Exception):
    """The municipality offers no e-service with the code."""


@dataclass(frozen=True)
class IntakeContext:
    """Intake's store, files, clock, translations, and the forms of each municipality, as the web app has them."""

    sessions: sessionmaker[Session]
    storage: Storage
    clock: Clock
    municipalities: Mapping[str, Municipality]
    forms: Forms
    languages: Languages
    public_url: str
    link_key: str
    limits: Limits
    waiting: Waiting
    proxies: Networks
    scanner: VirusScanner | None

    def municipality(self, slug: str) -> Municipality:
        """The municipality; raises UnknownMunicipality."""
        found = self.municipalities.get(slug)
        if found is None:
            raise UnknownMunicipality(slug)
        return found

    def form(self, slug: str, code: str) -> Form:
        """The form of a municipality's e-service; raises UnknownMunicipality or UnknownEService."""
        found = self.forms[self.municipality(slug).slug].get(code)
        if found is None:
            raise UnknownEService(code)
        return found

    def client(self, request: Request) -> Client:
        """Who sent a request, as the limits count them."""
        return Client(client_address(request, self.proxies))

    def timeline(self, slug: str, reference: str, client: Client) -> Timeline:
        """The timeline of the municipality's submission with this reference, in whatever form a person wrote it.

        Raises UnknownMunicipality, InvalidReference or UnknownReference, and LimitReached for a client who guesses.
        """
        municipality = self.municipality(slug)
        self.limits.check_guesses(client, self.clock())
        try:
            return find(self.sessions, municipality.code, parse(reference))
        except CaseNumberGiven:
            raise
        except (InvalidReference, UnknownReference):
            self.limits.guess(client, self.clock())
            raise

    def status_page(self, slug: str, reference: str) -> str:
        """The address where the submitter follows the case."""
        return f"{self.public_url}/{slug}/arenden/{reference}"


def forms(folder: Path, municipalities: Mapping[str, Municipality], clock: Clock) -> Forms:
    """Every municipality's forms by code, built once. Errors in a definition are logged; the others serve.

    Raises BadSetting for files that nothing reads, and where a municipality withholds an e-service that does not exist:
    either may be misspelt, and the municipality would offer what it should not.
    """
    if errors := unread(folder, municipalities):
        raise BadSetting(summary(errors))
    definitions = loader.load(folder)
    for error in definitions.errors:
        log.error("definition_rejected", file=str(error.file), line=error.line, error=error.message)
    return {
        slug: {code: Form(eservice, clock) for code, eservice in _offered(definitions, municipality).items()}
        for slug, municipality in municipalities.items()
    }


def _offered(definitions: loader.Definitions, municipality: Municipality) -> dict[str, EService]:
    withheld, slug = set(municipality.eservices_withheld), municipality.slug
    if unknown := withheld - definitions.codes(slug):
        raise BadSetting(f"municipality {slug}: eservices_withheld: there is no e-service {', '.join(sorted(unknown))}")
    for code, message in definitions.unusable(slug).items():
        log.error("definition_unusable", municipality=slug, eservice=code, error=message)
    return {code: eservice for code, eservice in definitions.of(slug).items() if code not in withheld}
