"""Remarks on a definition that is right: what is likely a mistake, and how the texts may become clearer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Any

from services.intake.eservices.authoring import plain_language, reachability
from services.intake.eservices.authoring.written import is_to_be_written
from services.intake.eservices.definition import EService
from services.intake.forms.fields.field import LANGUAGES, Field
from services.intake.forms.fields.text import TextField
from services.intake.forms.fields.textarea import TextAreaField
from shared import yaml_files
from shared.validation import Path
from shared.yaml_files import FileError


class Weight(StrEnum):
    """How much a remark weighs."""

    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True)
class Remark:
    """A remark with its file and line."""

    weight: Weight
    place: FileError

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}: {self.weight}: {self.place.message}"


def remarks(file: FilePath, eservice: EService) -> Iterator[Remark]:
    """The remarks on the definition that the file has, warnings first."""
    document = yaml_files.read(file)
    for path, message in (*reachability.remarks(eservice), *_outcomes(eservice), *_unwritten(document.content)):
        yield Remark(Weight.WARNING, document.error(path, message))
    for path, message in (*_texts(document.content), *_hints(eservice), *_difficulty(document.content)):
        yield Remark(Weight.ADVICE, document.error(path, message))


Message = tuple[Path, str]


def _outcomes(eservice: EService) -> Iterator[Message]:
    """Of the ways that the law lets such a case end, those that no outcome's code is called after."""
    codes = [each.code for each in eservice.outcomes]
    for ending in eservice.legal_regime.endings:
        if not any(each.startswith(ending.stem) for each in codes):
            yield ("outcomes",), f"has none for {ending.meaning}: a code that begins with {ending.stem}"


def _unwritten(content: Any) -> Iterator[Message]:
    for path, text in _all_texts(content):
        for language in LANGUAGES:
            if is_to_be_written(text[language]):
                yield (*path, language), "is not written yet"


def _texts(content: Any) -> Iterator[Message]:
    for path, text in _all_texts(content):
        swedish, english = (text[language] for language in LANGUAGES)
        if swedish == english and any(map(str.isalpha, swedish)):
            yield (*path, "en"), "is the same as the Swedish: is it translated?"
        for found, better in plain_language.avoided_words(swedish):
            yield (*path, "sv"), f"{found}: klarspråk has {better}"
        for words in plain_language.sentences(swedish):
            if len(words) > plain_language.LONG_SENTENCE:
                start = " ".join(words[:4])
                yield (*path, "sv"), f"a sentence of {len(words)} words ({start} …): could it be two?"


def _hints(eservice: EService) -> Iterator[Message]:
    for number, page in enumerate(eservice.pages):
        for place, section in enumerate(page.sections):
            for index, each in enumerate(section.content):
                if isinstance(each, Field) and _needs_hint(each):
                    path = ("pages", number, "sections", place, "fields", index)
                    yield path, "has no hint: what should be written, and how much?"


def _needs_hint(question: Field) -> bool:
    """Free text that browsers do not fill in."""
    is_free = isinstance(question, TextAreaField) or (isinstance(question, TextField) and not question.autocomplete)
    return is_free and not question.hint


def _difficulty(content: Any) -> Iterator[Message]:
    text = "\n\n".join(text["sv"] for _, text in _all_texts(content))
    found = plain_language.lix(text)
    if len(text.split()) >= plain_language.FEWEST_WORDS and found > plain_language.HARD:
        message = f"the Swedish texts have LIX {found}: {plain_language.HARD} or less is easier to read"
        yield (), f"{message}. Shorter sentences and shorter words help"


def _all_texts(content: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Every text in both languages, with its path."""
    if isinstance(content, dict):
        if set(content) == set(LANGUAGES) and all(isinstance(each, str) for each in content.values()):
            yield path, content
        for name, value in content.items():
            yield from _all_texts(value, (*path, name))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from _all_texts(value, (*path, number))
