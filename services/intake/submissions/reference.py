"""A submission's public reference: easy to read out on the telephone, impossible to guess.

Fifteen symbols of Crockford's base 32 (https://www.crockford.com/base32.html) from a source of true randomness, 75
bits, and a check character (Luhn mod 32), which finds every single wrong symbol and nearly every swap of two.
"""

import secrets

import stdnum.exceptions
from stdnum import luhn

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SYMBOLS = 15
MAX_TYPED = 100  # characters, with whatever somebody has put between the symbols

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "–": "", "\t": ""})


class InvalidReference(ValueError):
    """Not a reference that we gave: a wrong number of symbols, or a check character that does not fit."""


def new() -> str:
    """A fresh reference, `7K3M-9QXT-2WVC-D4TA`."""
    number = secrets.randbits(5 * RANDOM_SYMBOLS)
    values = [number >> shift & 31 for shift in range(0, 5 * RANDOM_SYMBOLS, 5)]
    return _grouped("".join(ALPHABET[value] for value in (*values, _check_value(values))))


def _check_value(values: list[int]) -> int:
    """Luhn's sum by a table: the library's takes as long as a twentieth of all that a submission does in Python."""
    return -(sum(values[-2::-2]) + sum(_DOUBLED[value] for value in values[::-2])) % 32


_DOUBLED = [sum(divmod(2 * value, 32)) for value in range(32)]


def parse(text: str) -> str:
    """The reference in the form we show it, from what a person wrote: any case and spacing, O for 0, I or L for 1.

    Raises InvalidReference.
    """
    if len(text) > MAX_TYPED:
        raise InvalidReference("length")
    symbols = text.upper().translate(_READ_AS)
    if len(symbols) != RANDOM_SYMBOLS + 1:
        raise InvalidReference("length")
    try:
        luhn.validate(symbols, ALPHABET)
    except stdnum.exceptions.ValidationError as error:
        raise InvalidReference("check character") from error
    return _grouped(symbols)


def _grouped(symbols: str) -> str:
    return "-".join(symbols[place : place + 4] for place in range(0, len(symbols), 4))
