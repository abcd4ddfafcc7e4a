"""Texts, dates and numbers in a language that the caller gives; needs no request and no framework."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache

import babel.dates
import babel.numbers
from babel import Locale

from shared.i18n.translations import DEFAULT, SOURCE
from shared.swedish.law import DeadlineUnit
from shared.swedish.time import STOCKHOLM

# What Unicode's list of territories has beside ISO 3166-1.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_BETWEEN_DATE_AND_TIME = {"sv": " kl. "}
_UNITS = {
    "sv": {
        DeadlineUnit.DAYS: ("dag", "dagar"),
        DeadlineUnit.WORKING_DAYS: ("arbetsdag", "arbetsdagar"),
        DeadlineUnit.WEEKS: ("vecka", "veckor"),
        DeadlineUnit.MONTHS: ("månad", "månader"),
        DeadlineUnit.YEARS: ("år", "år"),
    },
    "en": {
        DeadlineUnit.DAYS: ("day", "days"),
        DeadlineUnit.WORKING_DAYS: ("working day", "working days"),
        DeadlineUnit.WEEKS: ("week", "weeks"),
        DeadlineUnit.MONTHS: ("month", "months"),
        DeadlineUnit.YEARS: ("year", "years"),
    },
}


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


def format_period(amount: int, unit: DeadlineUnit, language: str) -> str:
    """A length of time, `10 veckor`."""
    one, many = _UNITS[language][unit]
    return f"{amount} {one if amount == 1 else many}"


def format_number(number: float | Decimal, language: str) -> str:
    """A number with the language's separators, `1 234,5`."""
    return babel.numbers.format_decimal(number, locale=_locale(language))


def format_amount(amount: float, language: str) -> str:
    """An amount without its currency, `1 234,50`; a whole one without decimals."""
    return babel.numbers.format_decimal(amount, "#,##0" if amount == int(amount) else "#,##0.00", _locale(language))


def format_kronor(amount: float, language: str) -> str:
    """An amount in Swedish kronor, `1 234,50 kr`; whole kronor without decimals."""
    form = "#,##0\xa0¤" if amount == int(amount) else "#,##0.00\xa0¤"
    return babel.numbers.format_currency(amount, "SEK", form, _locale(language), currency_digits=False)


def format_month(day: date, language: str) -> str:
    """The month of a day with its year, `januari 2027`."""
    return babel.dates.format_skeleton("yMMMM", day, locale=_locale(language))


def month_names(language: str) -> Mapping[int, str]:
    """What each month of the year is called, by its number."""
    return babel.dates.get_month_names("wide", "stand-alone", _locale(language))


def country_names(language: str) -> dict[str, str]:
    """What each country is called, by its code of two characters: those of ISO 3166-1, and XK for Kosovo."""
    territories = _locale(language).territories.items()
    return {code: name for code, name in territories if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY}


@cache
def _locale(language: str) -> Locale:
    """English as written in Europe, with the day before the month."""
    return Locale.parse("en_GB" if language == SOURCE else language)
