"""The language of a request, and texts, dates and numbers in it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, has_request_context, request

from shared.i18n.formats import format_date, format_datetime, format_number, localized
from shared.i18n.translations import DEFAULT, Languages

COOKIE = "language"

_EXTENSION = "arende-languages"


def install(app: Flask, folder: Path | None = None) -> Languages:
    """Give the app its translations, and its templates `_()`, `ngettext()`, `language()` (for `<html lang>`),
    `languages()` and `page_in()`, and the filters `date`, `datetime` and `number`.

    The reader chooses with `?language=en` or `?lang=en`, which is kept in a cookie; else Accept-Language decides;
    else the language is Swedish.
    """
    languages = Languages(folder)
    app.extensions[_EXTENSION] = languages
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(language=language, languages=lambda: languages.codes, page_in=page_in)
    app.jinja_env.filters.update(date=date_text, datetime=datetime_text, number=number_text)
    app.after_request(_remember_choice)
    return languages


def language() -> str:
    """The language of the current request, such as `sv`; Swedish outside a request."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        g.language = _chosen()
    return str(g.language)


def gettext(text: str, **values: Any) -> str:
    """The text in the language of the current request, with `%(name)s` filled in from the values."""
    return _languages().gettext(language(), text, **values)


def ngettext(one: str, many: str, count: int, **values: Any) -> str:
    """The text for one or for many in the language of the current request."""
    return _languages().ngettext(language(), one, many, count, **values)


def library_message(message: str) -> str:
    """A library's English message, such as marshmallow's, in the language of the current request."""
    return _languages().message(language(), message)


def date_text(day: date | datetime, form: str = "long") -> str:
    """A day as people write it, in the language of the current request."""
    return format_date(day, language(), form)


def datetime_text(moment: datetime) -> str:
    """A moment in Swedish time, in the language of the current request."""
    return format_datetime(moment, language())


def number_text(number: float | Decimal) -> str:
    """A number with the separators of the language of the current request."""
    return format_number(number, language())


def text_of(texts: Mapping[str, str]) -> str:
    """A text by language, in that of the current request, else in Swedish."""
    return localized(texts, language())


def page_in(language: str) -> str:
    """The address of this page in a language; `g.here` is the page that stands for the answer to a form."""
    query = {name: value for name, value in request.args.items() if name not in ("lang", "language")}
    return f"{g.get('here', '')}?{urlencode({**query, 'lang': language})}"


def _languages() -> Languages:
    known: Languages | None = current_app.extensions.get(_EXTENSION) if current_app else None
    return known or _SHARED


def _chosen_in_query() -> str | None:
    chosen = request.args.get("language") or request.args.get("lang")
    return chosen if chosen in _languages().codes else None


def _chosen() -> str:
    codes = _languages().codes
    remembered = request.cookies.get(COOKIE)
    return (
        _chosen_in_query()
        or (remembered if remembered in codes else None)
        or request.accept_languages.best_match(codes)
        or DEFAULT
    )


def _remember_choice(response: Response) -> Response:
    if request.query_string and (chosen := _chosen_in_query()) and request.cookies.get(COOKIE) != chosen:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(COOKIE, chosen, max_age=31_536_000, secure=secure, httponly=True, samesite="Lax")
    return response


_SHARED = Languages()
