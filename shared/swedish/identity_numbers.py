"""Personnummer, samordningsnummer and organisationsnummer: each can be written in several ways and is kept in one."""

import re
from datetime import date

import stdnum.exceptions
from stdnum import luhn
from stdnum.se import orgnr

from shared.clock import utc_now
from shared.swedish.time import local_date

_WRITTEN = re.compile(r"(?P<century>[0-9]{2})?(?P<birth>[0-9]{6})(?P<sign>[-+]?)(?P<serial>[0-9]{4})", re.ASCII)
_BLANK_FOR_SIGN = re.compile(r"[0-9]\s+[0-9]{4}\s*\Z")
_LONGEST = 60  # characters, with whatever somebody has put between the digits
_FIRST_CENTURY = 18  # that Skatteverket stores
_COORDINATION = 60  # added to the day
_OLDEST = 122  # years, which nobody is known to have lived beyond by more than months


class BadNumber(ValueError):
    """Not a valid number. `code` is the reason.

    `format`, `date`, `future`, `serial`, `check_digit`, `kind`, or `century` where it has to be written with twelve
    digits: with ten it may be that of either of two people.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def personal_identity_number(text: str, *, today: date | None = None) -> str:
    """A personnummer or samordningsnummer as twelve digits, `YYYYMMDDNNNC`; the latter's day is 60 higher.

    Takes ten or twelve digits with or without `-`, or `+` from the year that the person turned 100
    (folkbokföringslagen 1991:481, 18 and 18 a §§; Skatteverket's SKV 704 and SKV 707). Of a samordningsnummer the
    month may be 00 and the day 60: they are not known. A blank where the sign stands may be a `+` that was lost, as
    in an address. `today` is today in Sweden where it is not given. Raises BadNumber.
    """
    today = today or local_date(utc_now())
    written = _WRITTEN.fullmatch(re.sub(r"\s", "", text)) if len(text) <= _LONGEST else None
    if not written:
        raise BadNumber("format")
    century = written["century"] or _century(written["birth"], written["sign"], today)
    number = century + written["birth"] + written["serial"]
    if _birth_date(number) > today:
        raise BadNumber("future")
    if written["serial"].startswith("000"):
        raise BadNumber("serial")
    if not luhn.is_valid(number[2:]):
        raise BadNumber("check_digit")
    if not written["century"]:
        _check_century(number, bool(_BLANK_FOR_SIGN.search(text)), today)
    return number


def organisation_number(text: str) -> str:
    """An organisationsnummer as ten digits (lag 1974:174); takes also `16` before it, and `-`.

    Raises BadNumber with the code `format`, `check_digit`, or `kind` when it looks like a person's number
    (an organisation's third digit is 2 or more).
    """
    digits = re.sub(r"[\s-]", "", text[: _LONGEST + 1])
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


def with_sign(number: str, *, today: date | None = None) -> str:
    """A number as people write it: `YYYYMMDD-NNNC`, `+` from the year that the person turned 100, `NNNNNN-NNNC`.

    Takes a number as the functions above give it: twelve digits of a person, a samordningsnummer alike, or ten of an
    organisation.
    """
    if len(number) == 10:
        return f"{number[:6]}-{number[6:]}"
    today = today or local_date(utc_now())
    return f"{number[:8]}{'+' if today.year - int(number[:4]) >= 100 else '-'}{number[8:]}"


def _century(birth: str, sign: str, today: date) -> str:
    """The latest century in which the birth year is not after this year; one earlier with `+`."""
    year = today.year - (today.year - int(birth[:2])) % 100
    return str(year - 100 if sign == "+" else year)[:2]


def _check_century(number: str, has_blank: bool, today: date) -> None:
    """Raise BadNumber where somebody a hundred years older may have written it, or nobody can be so old."""
    age = today.year - int(number[:4])
    if age > _OLDEST or (has_blank and age + 100 <= _OLDEST and _exists(f"{int(number[:4]) - 100}{number[4:]}")):
        raise BadNumber("century")


def _exists(number: str) -> bool:
    try:
        _birth_date(number)
    except BadNumber:
        return False
    return True


def _birth_date(number: str) -> date:
    """The first day that the number may be of: of a samordningsnummer the month or the day may be unknown."""
    year, month, day = int(number[:4]), int(number[4:6]), int(number[6:8])
    if day >= _COORDINATION:
        month, day = month or 1, day - _COORDINATION or 1
    if year < _FIRST_CENTURY * 100:
        raise BadNumber("date")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadNumber("date") from error
