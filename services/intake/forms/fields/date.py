"""A day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import LANGUAGES, AnswerField, JsonSchema, Text, plain_text
from services.intake.forms.fields.keys import AUTOCOMPLETE, when
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType
from shared.i18n.formats import format_date
from shared.swedish.time import local_date

_DATE = re.compile(r"([0-9]{4})(?:(?: ?[-/.] ?)([0-9]{1,2})(?: ?[-/.] ?)([0-9]{1,2})|([0-9]{2})([0-9]{2}))", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class DateField(AnswerField):
    """A day, as `2026-11-23`. `when` is `past` or `future`: today, the day in Sweden, is in both."""

    type: ClassVar[str] = "date"
    EXAMPLE: ClassVar[str] = """\
name: moved_in_on
type: date
label: {sv: "När flyttade du in?", en: "When did you move in?"}
when: past
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        **AUTOCOMPLETE,
        **when("Which days are taken; today is in both."),
    }
    may_hold_personal_data: ClassVar[bool] = False
    input_type: ClassVar[str] = "date"
    input_class: ClassVar[str] = "input-short"

    when: str | None = None

    @property
    def fact_type(self) -> FactType:
        """A date."""
        return FactType(FactKind.DATE)

    def read(self, value: Any, clock: Clock) -> str:
        """A day of the calendar, in the past or the future as the definition has it."""
        day = _day(value)
        if day is None:
            raise InvalidAnswer("date", "“%(label)s” must be a date, written like 2026-11-23.", label=self.label)
        today = local_date(clock())
        if self.when == "past" and day > today:
            raise InvalidAnswer("future", "“%(label)s” cannot be a day that is still to come.", label=self.label)
        if self.when == "future" and day < today:
            raise InvalidAnswer("past", "“%(label)s” cannot be a day that has passed.", label=self.label)
        return day.isoformat()

    def json_schema(self) -> JsonSchema:
        """Text in the format `date`."""
        return {"type": "string", "format": "date"}

    def display(self, value: str) -> Text:
        """The day as the language writes it."""
        return {language: format_date(date.fromisoformat(value), language) for language in LANGUAGES}


def _day(value: Any) -> date | None:
    """The day of a text with year, month and day in this order: no other order is the same everywhere."""
    written = _DATE.fullmatch(plain_text(value))
    if not written:
        return None
    year, *rest = (int(each) for each in written.groups() if each)
    try:
        return date(year, *rest)
    except ValueError:
        return None
