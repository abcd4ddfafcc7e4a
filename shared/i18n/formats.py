"""Texts, dates and numbers in a language that the caller gives; needs no request and no framework."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache

import babel.dates
import babel.numbers
from babel import Locale

from shared.i18n.translations import DEFAULT, SOURCE
from shared.swedish.time import STOCKHOLM

_BETWEEN_DATE_AND_TIME = {"sv": " kl. "}


def localized(texts: Mapping[str, str], language: str) -> str:
    """Of a text in several languages the one in this language, else the Swedish one, which is always there."""
    return texts.get(language) or texts[DEFAULT]


def format_date(day: date | datetime, language: str, form: str = "long") -> str:
    """A day as people write it, `23 november 2026`; of a moment, its day in Sweden."""
    local = day.astimezone(STOCKHOLM).date() if isinstance(day, datetime) else day
    return babel.dates.format_date(local, form, locale=_locale(language))


def format_datetime(moment: datetime, language: str) -> str:
    """A moment in Swedish time, `23 november 2026 kl. 14:05`."""
    between = _BETWEEN_DATE_AND_TIME.get(language, ", ")
    return f"{format_date(moment, language)}{between}{moment.astimezone(STOCKHOLM):%H:%M}"


def format_number(number: float | Decimal, language: str) -> str:
    """A number with the language's separators, `1 234,5`."""
    return babel.numbers.format_decimal(number, locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    """English as written in Europe, with the day before the month."""
    return Locale.parse("en_GB" if language == SOURCE else language)
