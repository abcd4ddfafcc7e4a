"""A month of a year."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import LANGUAGES, AnswerField, JsonSchema, Text, plain_text
from services.intake.forms.fields.keys import when
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType
from shared.i18n.formats import format_month, month_names
from shared.swedish.time import local_date

_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})(?: ?[-/.] ?(?P<month>[0-9]{1,2})|(?P<joined>[0-9]{2}))", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2}) ?[-/. ] ?(?P<year>[0-9]{4})", re.ASCII)
_NAMED = re.compile(r"(?P<name>[^\W\d_]+)\.?,? (?P<year>[0-9]{4})")
_SHORTEST_NAME = 3  # characters, which no two months share


@dataclass(frozen=True, kw_only=True)
class MonthField(AnswerField):
    """A month, as `2027-01`. `when` is `past` or `future`: this month, in Sweden, is in both."""

    type: ClassVar[str] = "month"
    EXAMPLE: ClassVar[str] = """\
name: from_month
type: month
label: {sv: "Från vilken månad?", en: "From which month?"}
when: future
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = when("Which months are taken; this month is in both.")
    may_hold_personal_data: ClassVar[bool] = False
    input_class: ClassVar[str] = "input-short"

    when: str | None = None

    @property
    def fact_type(self) -> FactType:
        """Text: conditions know days, no months."""
        return FactType(FactKind.TEXT)

    def read(self, value: Any, clock: Clock) -> str:
        """A month, in the past or the future as the definition has it."""
        month = _month(value)
        if month is None:
            raise InvalidAnswer("month", "“%(label)s” must be a month, written like 2027-01.", label=self.label)
        now = local_date(clock()).replace(day=1)
        if self.when == "past" and month > now:
            raise InvalidAnswer("future", "“%(label)s” cannot be a month that is still to come.", label=self.label)
        if self.when == "future" and month < now:
            raise InvalidAnswer("past", "“%(label)s” cannot be a month that has passed.", label=self.label)
        return month.isoformat()[:7]

    def json_schema(self) -> JsonSchema:
        """Year and month."""
        return {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}

    def display(self, value: str) -> Text:
        """The month as the language writes it."""
        return {language: format_month(date.fromisoformat(f"{value}-01"), language) for language in LANGUAGES}


def _number_of(written: str) -> int:
    """The number of a month from its name or the beginning of it, in any of the languages; 0 where there is none."""
    if len(written) < _SHORTEST_NAME:
        return 0
    names = ((number, name) for language in LANGUAGES for number, name in month_names(language).items())
    return next((number for number, name in names if name.casefold().startswith(written)), 0)


def _month(value: Any) -> date | None:
    text = plain_text(value)
    if written := _YEAR_FIRST.fullmatch(text):
        month = int(written["month"] or written["joined"])
    elif written := _MONTH_FIRST.fullmatch(text):
        month = int(written["month"])
    elif written := _NAMED.fullmatch(text):
        month = _number_of(written["name"].casefold())
    else:
        return None
    try:
        return date(int(written["year"]), month, 1)
    except ValueError:
        return None
