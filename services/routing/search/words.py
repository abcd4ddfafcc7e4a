"""Texts and what officers search for, written alike: in lower case, å, ä and ö kept, other marks gone, dashes as `-`.

A person's identity number stands in neither: in its place is a hash with a key, by which it is found all the same. A
property's block and unit have too few figures in a row for an index: they stand once more as one word, `q12q4q` for
12:4, which no other block and unit has a part of.
"""

import hmac
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from services.routing.cases.errors import InvalidInput
from services.routing.desk.texts import later
from shared.swedish.identity_numbers import BadNumber, organisation_number, personal_identity_number
from shared.text import TextTooLong, TooManyMarks, plain

LONGEST = 100  # characters
MOST_WORDS = 10

_DASH = re.compile("[\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]")
_MARKS = re.compile("(?<!a)\u030a|(?<![ao])\u0308|[\u0300-\u0307\u0309\u030b-\u036f]")  # å, ä and ö keep theirs
_IDENTITY_NUMBER = re.compile(r"(?<![\w-])(?:[0-9]{2})?[0-9]{6}[-+ ]?[0-9]{4}(?![\w-])", re.ASCII)
# No subscriber's number begins with 0: what looks so is a part of a case number, as in 026-00041.
_PHONE = re.compile(r"(?!0(?!046)[0-9]{1,3}-0)(?:\+46|0046|0)[0-9 ()/-]{7,20}", re.ASCII)
_PHONE_IN_TEXT = re.compile(rf"(?<![\w+-]){_PHONE.pattern}", re.ASCII)
_BLOCK_AND_UNIT = re.compile(r"(?<![\w:])([0-9]{1,5}|s|ga|fs):([0-9]{1,4})(?![\w:])", re.ASCII)
_INDEXED = re.compile(r"[^\W_]{3}")  # what PostgreSQL makes trigrams of
_AROUND = ".,;:!?()[]\"'”’"


@dataclass(frozen=True)
class SearchWords:
    """What is searched for: all `words` must be found. `written` is the query as a number of a case is read from it."""

    written: str
    words: tuple[str, ...]
    has_identity_number: bool

    @property
    def indexed(self) -> tuple[str, ...]:
        """The words that an index finds; without any, only numbers of cases are looked up."""
        return tuple(word for word in self.words if _INDEXED.search(word))

    @property
    def short(self) -> tuple[str, ...]:
        """The words that what was found must have besides."""
        return tuple(word for word in self.words if not _INDEXED.search(word))


def words_of(query: str, key: str) -> SearchWords:
    """Read what an officer wrote in the search box. InvalidInput for `q` where it is too long."""
    try:
        written = plain(query, LONGEST)
    except (TextTooLong, TooManyMarks) as error:
        raise InvalidInput("q", later("Write at most 100 characters.")) from error
    has_identity_number = any(_hashed(found[0], key) != found[0] for found in _IDENTITY_NUMBER.finditer(written))
    if not has_identity_number and _PHONE.fullmatch(written):
        return SearchWords(written, (phone_digits(written),), False)
    each_word = (each.strip(_AROUND) for each in folded(written, key).split())
    words = tuple(dict.fromkeys(map(_as_indexed, filter(None, each_word))))
    if len(written) > LONGEST or len(words) > MOST_WORDS:
        raise InvalidInput("q", later("Write at most ten words and 100 characters."))
    return SearchWords(written, words, has_identity_number)


def folded(text: str, key: str) -> str:
    """The text as it is searched: identity numbers hashed by the key, organisations' numbers without their sign."""
    text = _DASH.sub("-", unicodedata.normalize("NFKC", text)).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
    return _IDENTITY_NUMBER.sub(lambda found: _in_one_form(found[0], key), text)


def with_phone_digits(text: str) -> str:
    """A folded text with the telephone numbers in it once more, as digits: so each is found however it is written."""
    numbers = (phone_digits(found[0]) for found in _PHONE_IN_TEXT.finditer(text))
    return "\n".join((text, *(f"0{digits}" for digits in dict.fromkeys(numbers))))


def with_blocks_and_units(text: str) -> str:
    """A folded text with the blocks and units in it once more, as the words that an index finds them by."""
    words = (_one_word(found) for found in _BLOCK_AND_UNIT.finditer(text))
    return "\n".join((text, *dict.fromkeys(words)))


def phone_digits(number: str) -> str:
    """A telephone number's digits, however it is written, without what is dialled before the area code."""
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    return re.sub(r"^(?:0046|46(?=[1-9][0-9]{6})|0)0?", "", digits)


def _as_indexed(word: str) -> str:
    found = _BLOCK_AND_UNIT.fullmatch(word)
    return _one_word(found) if found else word


def _one_word(block_and_unit: re.Match[str]) -> str:
    return f"q{block_and_unit[1]}q{block_and_unit[2]}q"


def _in_one_form(written: str, key: str) -> str:
    """A number as it is searched, however it is written. What is neither a person's nor an organisation's stays."""
    hashed = _hashed(written, key)
    if hashed != written:
        return hashed
    try:
        return organisation_number(written)
    except BadNumber:
        return written


def _hashed(written: str, key: str) -> str:
    """What stands for an identity number: the same for the same person, however it is written. Others stay."""
    try:
        number = personal_identity_number(written)
    except BadNumber:
        return written
    return "id" + hmac.new(key.encode(), b"search " + number.encode(), sha256).hexdigest()[:24]
