"""What intake's API and pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import Request
from sqlalchemy.orm import Session, sessionmaker

from services.intake.eservices.data_files import BadTable
from services.intake.eservices.offer import Forms, Offer
from services.intake.eservices.versions import UnknownVersion, eservice_of
from services.intake.forms.form import Form
from services.intake.limits.limits import Client, Limits
from services.intake.limits.waiting import Waiting
from services.intake.prefill.registers import Registers
from services.intake.submissions.reference import CaseNumberGiven, InvalidReference, parse
from services.intake.submissions.submit import SubmissionStore
from services.intake.tracking.timeline import Timeline, UnknownReference, find
from shared.clock import Clock
from shared.events.encryption import Keyring
from shared.files.storage import Storage
from shared.files.virus_scanner import VirusScanner
from shared.i18n.translations import Languages
from shared.live import Live
from shared.municipalities import Municipality
from shared.networks import Networks
from shared.web.clients import client_address


class UnknownMunicipality(Exception):
    """There is no municipality with the slug."""


class UnknownEService(Exception):
    """The municipality offers no e-service with the code."""


@dataclass(frozen=True)
class IntakeContext:
    """Intake's store, files, clock, translations, and what each municipality offers, as the web app has them."""

    sessions: sessionmaker[Session]
    storage: Storage
    clock: Clock
    offer: Live[Offer]
    languages: Languages
    public_url: str
    link_key: str
    limits: Limits
    waiting: Waiting
    proxies: Networks
    scanner: VirusScanner | None
    keyring: Keyring
    registers: Registers

    @cached_property
    def submission_store(self) -> SubmissionStore:
        """Where submissions are kept."""
        return SubmissionStore(self.sessions, self.storage, self.keyring)

    @property
    def municipalities(self) -> Mapping[str, Municipality]:
        """The municipalities by their slug, as they are now, or as they were when the request began."""
        return self.offer.current.municipalities

    @property
    def forms(self) -> Forms:
        """The forms of each municipality by code, likewise."""
        return self.offer.current.forms

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

    def form_as_begun(self, slug: str, code: str, content_hash: str) -> Form:
        """The form with the definition that something was begun with, though another may have come in its place.

        Tables are those of now. Raises UnknownMunicipality, and UnknownVersion for a definition that was not remembered
        or uses a table that is no more.
        """
        municipality = self.municipality(slug)
        form = self.forms[slug].get(code)
        if form and form.eservice.content_hash == content_hash:
            return form
        with self.sessions() as session:
            eservice = eservice_of(session, municipality.code, content_hash)
        try:
            return Form(self.offer.current.filled(slug, eservice), self.clock, municipality.areas)
        except BadTable as error:
            raise UnknownVersion(content_hash) from error

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
