"""Rendering: a notification's message as subject, text and HTML.

Templates are in templates/<language>/, plain text with a little markup (markup.py). Their first line is the subject.
The HTML of every message is made from its text, by templates/layout.html.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.notify.delivery.queue import LeasedNotification
from services.notify.messages import markup
from shared.i18n.formats import format_date, format_datetime, format_period, localized
from shared.i18n.translations import DEFAULT
from shared.municipalities import LANGUAGES, Municipality
from shared.swedish.law import DeadlineUnit, LegalRegime

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class RenderedMessage:
    """One message as the submitter reads it."""

    language: str
    subject: str
    text: str
    html: str


def available_messages() -> set[str]:
    """The messages that have a template in every language."""
    stems = [{path.stem for path in (FOLDER / language).glob("*.txt")} for language in LANGUAGES]
    return set.intersection(*stems) - {"layout"}


def render(notification: LeasedNotification, municipality: Municipality, public_url: str) -> RenderedMessage:
    """The message of a notification in its submitter's language, Swedish where there is no such.

    A confidential message has only that something has happened, and where to read it. None has what a submitter typed:
    that the address is theirs is not proved, and a stranger's words in our mail would be believed.
    """
    language = notification.language if notification.language in LANGUAGES else DEFAULT
    template = _TEXTS[language].get_template(f"{notification.message}.txt")
    values = _values(notification, municipality, language)
    catalogue = f"{public_url}/{municipality.slug}/"
    pages = {
        "catalogue": catalogue,
        "status_page": f"{catalogue}arenden/{notification.reference}",
        "desk_page": f"{public_url}/desk/new",
    }
    subject, _, body = template.render(values, **pages).strip().partition("\n")
    blocks = markup.blocks(body)
    html = _HTML.render(language=language, subject=subject, blocks=blocks, colour=municipality.colour)
    return RenderedMessage(language, subject, markup.plain(blocks), html)


def _values(notification: LeasedNotification, municipality: Municipality, language: str) -> dict[str, Any]:
    """The values that a template may use. The law is only there as `regime`: a misspelt predicate of it raises."""
    content = dict(notification.content)
    return {
        "matter": localized(notification.eservice_title, language),
        "confidential": notification.confidential,
        "submitter_is_party": notification.submitter_is_party,
        "regime": LegalRegime(content.pop("legal_regime", notification.legal_regime)),
        "reference": notification.reference,
        "municipality": municipality.called(language),
        "contact": municipality.contact,
        **content,
    }


def environment(language: str) -> Environment:
    """The environment of the templates of one language; using a value that there is not raises UndefinedError."""
    texts = Environment(  # noqa: S701 - plain text; the HTML is made from it by _HTML, which escapes
        loader=FileSystemLoader(FOLDER / language),
        undefined=StrictUndefined,
        finalize=markup.one_line,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def in_language(texts: Mapping[str, str]) -> str:
        return localized(texts, language)

    def day(iso: str) -> str:
        return format_date(date.fromisoformat(iso), language)

    def moment(iso: str) -> str:
        return format_datetime(datetime.fromisoformat(iso), language)

    def duration(deadline: Mapping[str, Any]) -> str:
        return format_period(deadline["amount"], DeadlineUnit(deadline["unit"]), language)

    texts.filters.update(localized=in_language, day=day, moment=moment, duration=duration, quote=markup.quote)
    return texts


def _layout() -> Environment:
    layout = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    layout.filters["lines"] = lambda lines: Markup("<br>\n").join(lines)
    return layout


_TEXTS = {language: environment(language) for language in LANGUAGES}
_HTML = _layout().get_template("layout.html")
