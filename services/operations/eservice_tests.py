"""Runs what authors expect of their e-services: intake's forms read the answers, and routing's rules place the case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from services.intake.eservices import loader
from services.intake.eservices.authoring import expectations
from services.intake.eservices.authoring.expectations import Expectation, ExpectationFile
from services.intake.eservices.definition import EService
from services.intake.eservices.loader import Definitions
from services.intake.forms.answers import case_title, facts, labelled_answers, submitter
from services.intake.forms.form import Answers, Form
from services.routing.organisation import loader as casework
from services.routing.organisation.organisation import Organisation
from services.routing.rules.facts import facts_of
from shared import municipalities
from shared.clock import Clock
from shared.eservice_files import COMMON, test_files
from shared.events.intake import Attachment, SubmissionReceived
from shared.municipalities import Municipality
from shared.swedish.time import local_date
from shared.validation import Path as Place
from shared.validation import unknown
from shared.yaml_files import FileError


@dataclass(frozen=True)
class TestRun:
    """How many expectations were tried, and what did not come out as expected."""

    __test__ = False  # it is no test of pytest's

    tried: int
    failures: list[FileError]


def run(folder: Path, municipalities_folder: Path, now: Clock, only: str | None = None) -> TestRun:
    """Run the expectations of every definition of a folder, or of one by its code.

    Raises BadSetting where a municipality's files are bad: no queue can then be known.
    """
    installation = _Installation(
        loader.load(folder),
        municipalities.load(municipalities_folder),
        casework.load(municipalities_folder, folder),
        now,
    )
    tried, failures = 0, []
    for file in test_files(folder):
        if only in (None, file.stem):
            found, errors = expectations.read(file)
            failures += errors
            tried += len(found.expectations) if found else 0
            failures += installation.failures(found, file) if found else []
    return TestRun(tried, failures)


@dataclass(frozen=True)
class _Installation:
    """The definitions, and the municipalities with their rules, at a time."""

    definitions: Definitions
    municipalities: Mapping[str, Municipality]
    organisations: Mapping[str, Organisation]
    now: Clock

    def failures(self, found: ExpectationFile, file: Path) -> Iterator[FileError]:
        """What of a file did not come out as expected."""
        place, code = file.parent.parent.name, file.stem
        slugs = [slug for slug in self.municipalities if self._uses(slug, place, code)]
        if not slugs:
            codes = [each for each, eservice in self.definitions.by_place.get(place, {}).items() if eservice]
            yield FileError(file, 1, f"no municipality offers it: {unknown('good definition', code, codes)}")
        for number, expectation in enumerate(found.expectations if slugs else ()):
            if expectation.municipality and expectation.municipality not in slugs:
                message = f"is not offered there: {unknown('municipality', expectation.municipality, slugs)}"
                yield found.error(number, ("municipality",), message)
            for slug in slugs:
                if expectation.municipality in (None, slug):
                    for path, message in self._failures(expectation, slug, self.definitions.of(slug)[code]):
                        yield found.error(number, path, f"{message} ({slug})")

    def _uses(self, slug: str, place: str, code: str) -> bool:
        """Whether the municipality offers the e-service by the definition of this place."""
        own = code in self.definitions.by_place.get(slug, {})
        is_withheld = code in self.municipalities[slug].eservices_withheld
        return place == (slug if own else COMMON) and code in self.definitions.of(slug) and not is_withheld

    def _failures(self, expectation: Expectation, slug: str, eservice: EService) -> Iterator[tuple[Place, str]]:
        clock = expectation.clock(self.now)
        outcome = expectations.outcome(expectation, Form(eservice, clock, self.municipalities[slug].areas))
        yield from expectations.failures(expectation.expect, outcome)
        if (queue := expectation.expect.queue_in(slug)) is None:
            return
        if outcome.errors:
            yield ("expect", "queue"), "comes to no queue, as it is not accepted"
            return
        received = _received(expectation, eservice, outcome.answers, clock)
        organisation = self.organisations[self.municipalities[slug].code]
        found = organisation.route(
            facts_of(received),
            board=eservice.board,
            secret=eservice.secrecy is not None,
            today=local_date(received.received_at),
        )
        if found.queue.code != queue:
            by = f"by the rule {found.rule.name}" if found.rule else "as no rule matches"
            yield ("expect", "queue"), f"is {found.queue.code}, {by}, and not {queue}"


def _received(expectation: Expectation, eservice: EService, answers: Answers, clock: Clock) -> SubmissionReceived:
    """The submission as routing would receive it."""
    labelled = labelled_answers(eservice, answers)
    nobody = UUID(int=0)
    return SubmissionReceived(
        submission_id=nobody,
        reference="",
        eservice=eservice.code,
        eservice_version=eservice.version,
        eservice_title=dict(eservice.title),
        received_at=clock(),
        language=expectation.language,
        title=case_title(eservice, labelled),
        handling=eservice.handling,
        facts=facts(eservice, answers),
        answers=[each.for_event() for each in labelled],
        attachments=[
            Attachment(nobody, name, name, "", 0, "") for name, count in expectation.files.items() for _ in range(count)
        ],
        submitter=submitter(eservice, answers),
    )
