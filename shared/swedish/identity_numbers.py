"""Personnummer, samordningsnummer and organisationsnummer: each can be written in several ways and is kept in one."""

import re
from datetime import date

import stdnum.exceptions
from stdnum import luhn
from stdnum.se import orgnr

from shared.clock import utc_now
from shared.swedish.time import local_date

_WRITTEN = re.compile(r"(?P<century>[0-9]{2})?(?P<birth>[0-9]{6})(?P<sign>[-+]?)(?P<serial>[0-9]{4})", re.ASCII)


class BadNumber(ValueError):
    """Not a valid number. `code` is the reason: `format`, `date`, `future`, `check_digit` or `kind`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def personal_identity_number(text: str, *, today: date | None = None) -> str:
    """A personnummer or samordningsnummer as twelve digits, `YYYYMMDDNNNC`; the latter's day is 60 higher.

    Takes ten or twelve digits with or without `-`, or `+` from the year that the person turned 100
    (folkbokföringslagen 1991:481, 18 §). `today` is today in Sweden where it is not given.
    Raises BadNumber with the code `format`, `date`, `future` or `check_digit`.
    """
    today = today or local_date(utc_now())
    written = _WRITTEN.fullmatch(re.sub(r"\s", "", text))
    if not written:
        raise BadNumber("format")
    century = written["century"] or _century(written["birth"], written["sign"], today)
    number = century + written["birth"] + written["serial"]
    if _birth_date(number) > today:
        raise BadNumber("future")
    if not luhn.is_valid(number[2:]):
        raise BadNumber("check_digit")
    return number


def organisation_number(text: str) -> str:
    """An organisationsnummer as ten digits (lag 1974:174); takes also `16` before it, and `-`.

    Raises BadNumber with the code `format`, `check_digit`, or `kind` when it looks like a person's number
    (an organisation's third digit is 2 or more).
    """
    digits = re.sub(r"[\s-]", "", text)
    if len(digits) == 12 and digits.startswith("16"):
        digits = digits[2:]
    try:
        number = str(orgnr.validate(digits))
    except stdnum.exceptions.InvalidChecksum as error:
        raise BadNumber("check_digit") from error
    except stdnum.exceptions.ValidationError as error:
        raise BadNumber("format") from error
    if int(number[2]) < 2:
        raise BadNumber("kind")
    return number


def _century(birth: str, sign: str, today: date) -> str:
    """The latest century in which the birth year is not after this year; one earlier with `+`."""
    year = today.year - (today.year - int(birth[:2])) % 100
    return str(year - 100 if sign == "+" else year)[:2]


def _birth_date(number: str) -> date:
    day = int(number[6:8])
    try:
        return date(int(number[:4]), int(number[4:6]), day - 60 if day > 60 else day)
    except ValueError as error:
        raise BadNumber("date") from error
