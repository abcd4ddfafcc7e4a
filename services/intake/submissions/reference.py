"""A submission's public reference: easy to read out on the telephone, impossible to guess.

Fifteen symbols of Crockford's base 32 (https://www.crockford.com/base32.html) from a source of true randomness, 75
bits, and a check character (Luhn mod 32), which finds every single wrong symbol and nearly every swap of two.
"""

import re
import secrets

import stdnum.exceptions
from stdnum import luhn

from shared.text import TextTooLong, TooManyMarks, plain

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SYMBOLS = 15
MAX_TYPED = 100  # characters, with whatever somebody has put between the symbols

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
# A year and a number, with the board's code before them or between: `BN 2026-00012`, `Dnr 2026-BN0012`.
_CASE_NUMBER = re.compile(
    r"(?:(?:DNR|DIARIENUMMER|ÄRENDE(?:NUMMER)?)[ .:]*)?(?:[A-ZÅÄÖ][A-ZÅÄÖ0-9]{0,7}[ ./-]*)?"
    r"(?:19|20)[0-9]{2}[ ./:-]*(?:[A-ZÅÄÖ]{1,8}[ ./-]*)?[0-9]{1,7}",
    re.ASCII,
)


class InvalidReference(ValueError):
    """Not a reference that we gave: a wrong number of symbols, or a check character that does not fit."""


class CaseNumberGiven(InvalidReference):
    """A case number, where a reference is needed: a number can be guessed, so it opens nothing."""


def new() -> str:
    """A fresh reference, `7K3M-9QXT-2WVC-D4TA`."""
    number = secrets.randbits(5 * RANDOM_SYMBOLS)
    values = [number >> shift & 31 for shift in range(0, 5 * RANDOM_SYMBOLS, 5)]
    return grouped("".join(ALPHABET[value] for value in (*values, _check_value(values))))


def _check_value(values: list[int]) -> int:
    """Luhn's sum by a table: the library's takes as long as a twentieth of all that a submission does in Python."""
    return -(sum(values[-2::-2]) + sum(_DOUBLED[value] for value in values[::-2])) % 32


_DOUBLED = [sum(divmod(2 * value, 32)) for value in range(32)]


def parse(text: str) -> str:
    """The reference in the form we show it, from what a person wrote.

    Takes any case, spacing and punctuation, O for 0, I or L for 1. Raises InvalidReference, of which CaseNumberGiven
    is one.
    """
    written = _plain(text)
    symbols = re.sub(r"[\W_]", "", written).translate(_READ_AS)
    if len(symbols) != RANDOM_SYMBOLS + 1:
        raise CaseNumberGiven("case number") if _CASE_NUMBER.fullmatch(written) else InvalidReference("length")
    try:
        luhn.validate(symbols, ALPHABET)
    except stdnum.exceptions.ValidationError as error:
        raise InvalidReference("check character") from error
    return grouped(symbols)


def _plain(text: str) -> str:
    if len(text) > MAX_TYPED:
        raise InvalidReference("length")
    try:
        return plain(text, MAX_TYPED).upper().strip(" .,;:")
    except (TextTooLong, TooManyMarks) as error:
        raise InvalidReference("length") from error


def grouped(symbols: str) -> str:
    """The symbols in fours, as people read them out."""
    return "-".join(symbols[place : place + 4] for place in range(0, len(symbols), 4))
