"""Answers that are a choice, a tick, a number, a day or somebody's identity number."""

import re
from datetime import date
from math import isfinite
from typing import Any

from services.intake.eservices.definition import Field
from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.words import Reader, text
from shared.clock import Clock
from shared.swedish.identity_numbers import BadNumber, organisation_number, personal_identity_number
from shared.swedish.time import local_date

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def choice(field: Field, _: Clock) -> Reader:
    """The code of one of the options."""
    codes = frozenset(option.code for option in field.options)

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in codes:
            raise InvalidAnswer("option", "“%(label)s” must be one of the choices.", label=field.label)
        return value

    return read


def checkbox(field: Field, _: Clock) -> Reader:
    """Whether the box is ticked; one that must be, is."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise InvalidAnswer("type", "“%(label)s” must be true or false.", label=field.label)
        if field.required and not value:
            raise InvalidAnswer("required", "Tick “%(label)s” to go on.", label=field.label)
        return value

    return read


def number(field: Field, _: Clock) -> Reader:
    """A number within its limits."""
    least, most = field.minimum, field.maximum

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise InvalidAnswer("type", "“%(label)s” must be a number.", label=field.label)
        if least is not None and value < least:
            raise InvalidAnswer(
                "range", "“%(label)s” must be at least %(least)s.", label=field.label, least=f"{least:.15g}"
            )
        if most is not None and value > most:
            raise InvalidAnswer(
                "range", "“%(label)s” must be at most %(most)s.", label=field.label, most=f"{most:.15g}"
            )
        return value

    return read


def day(field: Field, clock: Clock) -> Reader:
    """A day as `2026-11-23`, past or to come as the question says; today is the day in Sweden."""

    def read(value: Any) -> str:
        day = _date(value)
        if day is None:
            raise InvalidAnswer("date", "“%(label)s” must be a date, written like 2026-11-23.", label=field.label)
        today = local_date(clock())
        if field.when == "past" and day > today:
            raise InvalidAnswer("future", "“%(label)s” cannot be a day that is still to come.", label=field.label)
        if field.when == "future" and day < today:
            raise InvalidAnswer("past", "“%(label)s” cannot be a day that has passed.", label=field.label)
        return day.isoformat()

    return read


def _date(value: Any) -> date | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


_NUMBER_FAULTS = {
    "format": "“%(label)s” must be ten or twelve digits, such as YYYYMMDD-NNNN.",
    "kind": "“%(label)s” is not a number of the kind asked for.",
    "date": "“%(label)s” does not begin with a date that there is. Look at the first digits.",
    "future": "“%(label)s” begins with a day that is still to come. Look at the first digits.",
    "check_digit": "“%(label)s” has a check digit that does not fit. Look at all the digits, above all the last.",
}


def identity_number(field: Field, clock: Clock) -> Reader:
    """A personnummer or samordningsnummer as twelve digits, or an organisationsnummer as ten."""
    whole = text(field)

    def read(value: Any) -> str:
        told: str = whole(value)
        try:
            if "organisation" in field.numbers and ("person" not in field.numbers or _is_an_organisation(told)):
                return organisation_number(told)
            return personal_identity_number(told, today=local_date(clock()))
        except BadNumber as fault:
            raise InvalidAnswer(f"number_{fault.code}", _NUMBER_FAULTS[fault.code], label=field.label) from fault

    return read


def _is_an_organisation(told: str) -> bool:
    """The third digit of an organisation's number is 2 or more, where a person's has the month."""
    digits = re.sub(r"\D", "", told)[-10:]
    return len(digits) == 10 and digits[2] >= "2"
