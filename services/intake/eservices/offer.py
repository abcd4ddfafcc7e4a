"""What each municipality offers, taken up while the process runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.intake.eservices import areas, data_files
from services.intake.eservices.data_files import Tables
from services.intake.eservices.definition import EService
from services.intake.eservices.loader import DefinitionFolder, Definitions
from services.intake.eservices.search import Index
from services.intake.eservices.vocabulary import Vocabulary
from services.intake.forms.form import Form
from shared import municipalities, yaml_files
from shared.clock import Clock
from shared.eservice_files import COMMON, unread
from shared.live import Live, Reading
from shared.municipalities import Municipality
from shared.settings import BadSetting
from shared.validation import unknown
from shared.yaml_files import FileError, summary

Forms = Mapping[str, Mapping[str, Form]]


@dataclass(frozen=True)
class Offer:
    """The municipalities, their forms by code, the words of the catalogue and the tables by place, of one moment."""

    municipalities: Mapping[str, Municipality] = field(default_factory=dict)
    forms: Forms = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    tables: Mapping[str, Tables] = field(default_factory=dict)
    indexes: dict[tuple[str, str], Index] = field(default_factory=dict, compare=False)

    def eservices(self, slug: str) -> list[EService]:
        """What the municipality offers, by code."""
        return [form.eservice for form in self.forms[slug].values()]

    def filled(self, slug: str, eservice: EService) -> EService:
        """A definition with what the municipality's data files have for it now. Raises BadTable."""
        return data_files.with_tables(eservice, data_files.of(self.tables, slug))

    def index(self, slug: str, language: str) -> Index:
        """The index of what the municipality offers, made when it is first asked for."""
        key = (slug, language)
        if key not in self.indexes:
            self.indexes[key] = Index(self.eservices(slug), language)
        return self.indexes[key]


def live(eservices: Path, tenants: Path, clock: Clock) -> Live[Offer]:
    """What the folders of e-services and of municipalities give, as they are now.

    Raises BadSetting at the start for a bad `municipality.yaml`, for files that nothing reads, and where a municipality
    withholds an e-service that does not exist: either may be misspelt, and the municipality would offer what it should
    not. Later these are errors of files: what was offered before is offered on.
    """
    return Live("intake", [eservices, tenants], _OfferFolder(eservices, tenants, clock).read)


class _OfferFolder:
    def __init__(self, eservices: Path, tenants: Path, clock: Clock) -> None:
        self._eservices, self._tenants, self._clock = eservices, tenants, clock
        self._folder = DefinitionFolder(eservices)

    def read(self, last: Offer | None) -> Reading[Offer]:
        """The offer as the files are now."""
        tenants = municipalities.reading(self._tenants, last.municipalities if last else None)
        lost = unread(self._eservices, tenants.value)
        definitions = self._folder.read()
        withheld = self._withheld_unknown(tenants.value, definitions)
        if last is None and (lost or withheld):
            raise BadSetting(summary([*lost, *withheld.values()]))
        last = last or Offer()
        known = {slug: each for slug, each in tenants.value.items() if slug not in withheld}
        lacking = {slug: _lacking(definitions, each) for slug, each in known.items()}
        forms: dict[str, Mapping[str, Form]] = {
            slug: self._forms(definitions, each, lacking[slug], last.forms.get(slug, {}))
            for slug, each in known.items()
        }
        for slug in withheld.keys() & last.forms.keys():
            known[slug], forms[slug] = last.municipalities[slug], last.forms[slug]
        unusable = self._unusable(definitions, lacking)
        errors = [*tenants.errors, *lost, *withheld.values(), *definitions.errors, *unusable]
        offer = Offer(dict(sorted(known.items())), forms, definitions.vocabulary, definitions.tables)
        return Reading(offer, errors)

    def _unusable(self, found: Definitions, lacking: Mapping[str, Mapping[str, str]]) -> Iterator[FileError]:
        """The error of each definition for which a municipality lacks data."""
        for slug, messages in lacking.items():
            for code, message in messages.items():
                place = slug if code in found.by_place.get(slug, ()) else COMMON
                yield FileError(self._eservices / place / f"{code}.yaml", 1, f"{message} (in {slug})")

    def _withheld_unknown(self, tenants: Mapping[str, Municipality], found: Definitions) -> dict[str, FileError]:
        """The error of each municipality that withholds what does not exist."""
        errors = {}
        for slug, municipality in tenants.items():
            codes = found.codes(slug)
            for number, code in enumerate(municipality.eservices_withheld):
                if code not in codes:
                    file = self._tenants / slug / "municipality.yaml"
                    errors[slug] = _error_at(file, ["eservices_withheld", number], unknown("e-service", code, codes))
        return errors

    def _forms(
        self, found: Definitions, municipality: Municipality, lacking: Mapping[str, str], last: Mapping[str, Form]
    ) -> dict[str, Form]:
        """The municipality's forms. One whose definition is the same, or lacks data now, stays as it was."""
        good = {code: each for code, each in found.of(municipality.slug).items() if code not in lacking}
        forms = {code: last[code] for code in lacking if code in last}
        for code, eservice in good.items():
            is_same = code in last and (last[code].eservice, last[code].areas) == (eservice, municipality.areas)
            forms[code] = last[code] if is_same else Form(eservice, self._clock, municipality.areas)
        return {code: form for code, form in sorted(forms.items()) if code not in municipality.eservices_withheld}


def _lacking(found: Definitions, municipality: Municipality) -> dict[str, str]:
    """By code, what the municipality's data files or areas lack for a definition that is good in itself."""
    without_area = {
        code: message
        for code, eservice in found.of(municipality.slug).items()
        if (message := areas.lacking(eservice, municipality))
    }
    return {**found.unusable(municipality.slug), **without_area}


def _error_at(file: Path, place: Sequence[str | int], message: str) -> FileError:
    try:
        return yaml_files.read(file).error(place, message)
    except FileError as error:
        return error
