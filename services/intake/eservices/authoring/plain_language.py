"""How easy Swedish texts are to read (språklagen 11 §): LIX, long sentences, and words that klarspråk avoids."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from marshmallow import fields

from services.intake.forms.fields.keys import filled
from shared import yaml_files
from shared.file_schema import FileSchema
from shared.validation import described

LONG_SENTENCE = 25  # words
HARD = 45  # LIX: 30 to 40 is easy, over 50 hard as texts of law are
FEWEST_WORDS = 60  # below them LIX measures chance
LONG_WORD = 6  # characters: LIX counts words with more of them

WORDS_FILE = Path(__file__).with_name("plain_language.yaml")

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-zåäö])|\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)|:\s*\n")
_LINK = re.compile(r"\]\([^)]*\)")


class AvoidedSchema(FileSchema):
    """A word in its forms, and what to write instead."""

    avoid = fields.List(fields.Str(validate=filled), required=True, validate=filled)
    better = fields.Str(required=True, validate=filled)


class WordsSchema(FileSchema):
    """Words that plain language avoids."""

    words = fields.List(
        fields.Nested(AvoidedSchema), required=True, metadata=described("Each in the forms that texts have.")
    )


def avoided_words(text: str) -> Iterator[tuple[str, str]]:
    """Each word of a text that is better avoided, in lower case and once, with what to write instead."""
    better, pattern = _avoided()
    for found in dict.fromkeys(each.group().lower() for each in pattern.finditer(text)):
        yield found, better[found]


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; items of a list and paragraphs end one as well."""
    parts = (_WORD.findall(each) for each in _SENTENCE_END.split(_LINK.sub("]", text)))
    return [words for words in parts if words]


def lix(text: str) -> int:
    """The readability index (Björnsson 1968): words in a sentence, and long words in a hundred. 0 of no text."""
    found = sentences(text)
    words = [word for sentence in found for word in sentence]
    if not words:
        return 0
    long = sum(len(word) > LONG_WORD for word in words)
    return round(len(words) / len(found) + 100 * long / len(words))


@cache
def _avoided() -> tuple[Mapping[str, str], re.Pattern[str]]:
    written: Mapping[str, Any] = WordsSchema().load(yaml_files.read(WORDS_FILE).content)
    better = {word: each["better"] for each in written["words"] for word in each["avoid"]}
    return better, re.compile(rf"\b(?:{'|'.join(map(re.escape, better))})\b", re.IGNORECASE)
