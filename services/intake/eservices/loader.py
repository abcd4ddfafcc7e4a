"""Definition files read from a folder, each error with its file and line.

`common/` is shared by all municipalities; a file in `<municipality>/` takes the place of the common one of the same
name. A bad file is left out, also as an override: nothing else is then offered in its place. Where a good one was
read before, that one serves on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from marshmallow import ValidationError

from services.intake.eservices import data_files, vocabulary
from services.intake.eservices.data_files import BadTable, Tables
from services.intake.eservices.definition import EService
from services.intake.eservices.schema import EServiceSchema
from services.intake.eservices.vocabulary import Vocabulary
from services.intake.forms.formulas import Row
from shared import yaml_files
from shared.eservice_files import COMMON, VOCABULARY, definition_files, table_files
from shared.live import KeptFiles
from shared.settings import BadSetting
from shared.validation import unknown
from shared.yaml_files import Document, FileError

_SCHEMA = EServiceSchema()

log = structlog.get_logger()


@dataclass(frozen=True)
class Definitions:
    """The good definitions of a folder by municipality (or `common`) and code, and the errors of its files.

    The code of a bad file that never was good is there, with None. `tables` are the data files by place.
    """

    by_place: Mapping[str, Mapping[str, EService | None]]
    tables: Mapping[str, Tables]
    errors: Sequence[FileError]
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    _with_tables_by_slug: dict[str, dict[str, EService | BadTable]] = field(default_factory=dict, init=False)

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
        if slug not in self._with_tables_by_slug:
            found = data_files.of(self.tables, slug)
            chosen = sorted(self._chosen(slug).items())
            filled = {code: _filled(eservice, found) for code, eservice in chosen if eservice is not None}
            self._with_tables_by_slug[slug] = filled
        return self._with_tables_by_slug[slug]

    def _chosen(self, slug: str) -> dict[str, EService | None]:
        return {**self.by_place.get(COMMON, {}), **self.by_place.get(slug, {})}


class DefinitionFolder:
    """A folder of definitions and data files that is read again and again: only the files that have changed are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._vocabulary: Vocabulary | None = None
        self._definitions = KeptFiles(self._definition)
        self._tables = KeptFiles(data_files.read)
        self._had_any = False

    def read(self) -> Definitions:
        """Every `<folder>/<place>/<code>.yaml`. BadSetting where there were files and none is left."""
        files = definition_files(self._folder)
        if self._had_any and not files:
            raise BadSetting(f"{self._folder}: there is no definition in it any more")
        self._had_any = bool(files)
        before, errors = self._vocabulary, self._read_vocabulary()
        definitions = self._definitions.read(files, anew=before != self._vocabulary)
        tables = self._tables.read(table_files(self._folder))
        by_place: dict[str, dict[str, EService | None]] = {}
        for file, definition in definitions.items():
            by_place.setdefault(file.parent.name, {})[file.stem] = definition.value
            errors += definition.errors
        by_table: dict[str, dict[str, Sequence[Row]]] = {}
        for file, table in tables.items():
            if table.value is not None:
                by_table.setdefault(file.parent.parent.name, {})[file.stem] = table.value
            errors += table.errors
        return Definitions(by_place, by_table, errors, self._vocabulary or Vocabulary())

    def _read_vocabulary(self) -> list[FileError]:
        """Keep the last good one where it is bad now; where there is none, codes are not checked."""
        try:
            self._vocabulary = vocabulary.read(self._folder)
        except FileError as error:
            return [error]
        return []

    def _definition(self, file: Path, last: EService | None) -> tuple[EService | None, Sequence[FileError]]:
        eservice, errors = read(file, self._vocabulary)
        if last and eservice and not errors:
            _advise(file, last, eservice)
        return eservice, errors


def read(file: Path, known: Vocabulary | None = None) -> tuple[EService | None, list[FileError]]:
    """The definition in a file, and all that is wrong in it: it is None where it cannot be read as one.

    Codes of topics and life situations are checked where `known` is given.
    """
    try:
        document = yaml_files.read(file)
    except FileError as error:
        return None, [error]
    eservice, found = _checked(document, known)
    return eservice, [*found, *document.repeated_keys()]


def load(folder: Path) -> Definitions:
    """Read every `<folder>/<place>/<code>.yaml`."""
    return DefinitionFolder(folder).read()


def from_text(text: bytes, code: str) -> EService:
    """A definition whose file is not there any more. Raises FileError where this version cannot read it."""
    document = yaml_files.parse(text, Path(f"{code}.yaml"))
    eservice, errors = _checked(document, None)
    for error in errors:
        raise error
    assert eservice
    return eservice


def _filled(eservice: EService, found: Tables) -> EService | BadTable:
    try:
        return data_files.with_tables(eservice, found)
    except BadTable as error:
        return error


def _checked(document: Document, known: Vocabulary | None) -> tuple[EService | None, list[FileError]]:
    try:
        eservice: EService = _SCHEMA.load(document.content)
    except ValidationError as error:
        return None, document.errors(error.messages)
    if eservice.code != document.file.stem:
        return None, [document.error(["code"], f"is {eservice.code}, but the file is {document.file.name}")]
    return replace(eservice, source=document.text), [*_unknown_terms(document, eservice, known)] if known else []


def _unknown_terms(document: Document, eservice: EService, known: Vocabulary) -> Iterator[FileError]:
    for name, what, codes, terms in (
        ("topics", "topic", eservice.topics, known.topics),
        ("life_situations", "life situation", eservice.life_situations, known.life_situations),
    ):
        for number, code in enumerate(codes):
            if code not in terms:
                yield document.error([name, number], f"{unknown(what, code, terms)} ({VOCABULARY} has them)")


def _advise(file: Path, last: EService, now: EService) -> None:
    """Those who read of a version expect its questions to be the same."""
    if last.version == now.version and last.questions != now.questions:
        log.warning("questions_changed_in_same_version", file=str(file), version=now.version)
