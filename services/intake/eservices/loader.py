"""Definition files read from a folder, each error with its file and line.

`common/` is shared by all municipalities; a file in `<municipality>/` takes the place of the common one of the same
name. A bad file is left out, also as an override: nothing else is then offered in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from marshmallow import ValidationError

from services.intake.eservices import data_files
from services.intake.eservices.data_files import BadTable, Tables
from services.intake.eservices.definition import EService
from services.intake.eservices.schema import EServiceSchema
from shared import yaml_files
from shared.eservice_files import COMMON, definition_files
from shared.yaml_files import Document, FileError

_SCHEMA = EServiceSchema()


@dataclass(frozen=True)
class Definitions:
    """The good definitions of a folder by municipality (or `common`) and code, and the errors of the others.

    A bad file's code is there, with None. `tables` are the data files by place.
    """

    by_place: Mapping[str, Mapping[str, EService | None]]
    tables: Mapping[str, Tables]
    errors: Sequence[FileError]

    def of(self, slug: str) -> dict[str, EService]:
        """What a municipality may offer, by code, with the data files that it has."""
        return {code: each for code, each in self._with_tables(slug).items() if isinstance(each, EService)}

    def unusable(self, slug: str) -> dict[str, str]:
        """By code, what a municipality's data files lack for a definition that is good in itself."""
        return {code: str(each) for code, each in self._with_tables(slug).items() if isinstance(each, BadTable)}

    def codes(self, slug: str) -> set[str]:
        """The codes of all there is for a municipality, good or bad."""
        return set(self._chosen(slug))

    def _with_tables(self, slug: str) -> dict[str, EService | BadTable]:
        found = data_files.of(self.tables, slug)
        chosen = sorted(self._chosen(slug).items())
        return {code: _filled(eservice, found) for code, eservice in chosen if eservice is not None}

    def _chosen(self, slug: str) -> dict[str, EService | None]:
        return {**self.by_place.get(COMMON, {}), **self.by_place.get(slug, {})}


def load(folder: Path) -> Definitions:
    """Read every `<folder>/<place>/<code>.yaml`."""
    by_place: dict[str, dict[str, EService | None]] = {}
    errors: list[FileError] = []
    for file in definition_files(folder):
        eservice, found = _read(file)
        by_place.setdefault(file.parent.name, {})[file.stem] = None if found else eservice
        errors += found
    by_table, found = data_files.load(folder)
    return Definitions(by_place, by_table, [*errors, *found])


def _filled(eservice: EService, found: Tables) -> EService | BadTable:
    try:
        return data_files.with_tables(eservice, found)
    except BadTable as error:
        return error


def _read(file: Path) -> tuple[EService | None, list[FileError]]:
    try:
        document = yaml_files.read(file)
    except FileError as error:
        return None, [error]
    eservice, errors = _checked(document)
    return eservice, [*errors, *document.repeated_keys()]


def _checked(document: Document) -> tuple[EService | None, list[FileError]]:
    try:
        eservice: EService = _SCHEMA.load(document.content)
    except ValidationError as error:
        return None, document.errors(error.messages)
    if eservice.code != document.file.stem:
        return None, [document.error(["code"], f"is {eservice.code}, but the file is {document.file.name}")]
    return eservice, []
