"""Letters: a message's template made into a subject, text and HTML.

Templates stand in templates/messages/<language>/, plain text with a little markup (markup.py). Their first line is
the subject.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.notify.messages import markup
from services.notify.models import Contact, Notification
from shared.i18n.formats import format_date, format_datetime, localized
from shared.municipalities import LANGUAGES, Municipality

FOLDER = Path(__file__).parent / "templates"
_UNITS = {
    "sv": {
        "days": ("dag", "dagar"),
        "working_days": ("arbetsdag", "arbetsdagar"),
        "weeks": ("vecka", "veckor"),
        "months": ("månad", "månader"),
    },
    "en": {
        "days": ("day", "days"),
        "working_days": ("working day", "working days"),
        "weeks": ("week", "weeks"),
        "months": ("month", "months"),
    },
}


@dataclass(frozen=True)
class Letter:
    """One message as the submitter reads it."""

    language: str
    subject: str
    text: str
    html: str


def available() -> set[str]:
    """The messages that have a template in every language."""
    stems = [{path.stem for path in (FOLDER / language).glob("*.txt")} for language in LANGUAGES]
    return set.intersection(*stems) - {"layout"}


def write(notification: Notification, contact: Contact, municipality: Municipality, public_url: str) -> Letter:
    """The letter of a notification, in the contact's language.

    A confidential contact's letter tells that something has happened and where to read it, and nothing of what.
    """
    language = contact.language if contact.language in LANGUAGES else "sv"
    known = {
        "matter": localized(contact.eservice_title, language),
        "confidential": contact.confidential,
        "legal_regime": contact.legal_regime,
        "reference": contact.reference,
        "status_page": f"{public_url}/{municipality.slug}/arenden/{contact.reference}",
        "municipality": municipality.called(language),
        "contact": municipality.contact,
    }
    source = _TEXTS[language].get_template(f"{notification.message}.txt")
    subject, _, body = source.render(known | notification.content).strip().partition("\n")
    blocks = markup.blocks(body)
    html = _HTML.render(language=language, subject=subject, blocks=blocks, colour=municipality.colour)
    return Letter(language, subject, markup.plain(blocks), html)


def _texts(language: str) -> Environment:
    environment = Environment(  # noqa: S701 - plain text; the HTML is made from it by _HTML, which escapes
        loader=FileSystemLoader(FOLDER / language),
        undefined=StrictUndefined,
        finalize=markup.one_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    units = _UNITS[language]

    def told(text: Mapping[str, str]) -> str:
        return localized(text, language)

    def day(iso: str) -> str:
        return format_date(date.fromisoformat(iso), language)

    def moment(iso: str) -> str:
        return format_datetime(datetime.fromisoformat(iso), language)

    def duration(deadline: Mapping[str, Any]) -> str:
        one, many = units[deadline["unit"]]
        return f"{deadline['amount']} {one if deadline['amount'] == 1 else many}"

    environment.filters.update(told=told, day=day, moment=moment, duration=duration, quote=markup.quote)
    return environment


def _page() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lines"] = lambda lines: Markup("<br>\n").join(lines)
    return environment


_TEXTS = {language: _texts(language) for language in LANGUAGES}
_HTML = _page().get_template("letter.html")
