"""The names that an address and a form take. Any other is an error that names it, and so is one that an address gives
twice: a filter that is dropped unseen shows what nobody asked for.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from marshmallow import ValidationError

from shared.web.languages import gettext

View = TypeVar("View", bound=Callable[..., Any])

ANY = None  # the view itself checks what it is sent, as of a form that a definition describes

_LONGEST = 100  # characters of an unknown name that are shown
_OF_EVERY_ADDRESS = frozenset({"lang", "language"})
_OF_EVERY_FORM = frozenset({"csrf_token"})
# What mail programs, search engines and social networks add to the links that people follow.
_OF_TRACKING = re.compile(r"utm_\w+|mtm_\w+|fbclid|gclid|gbraid|wbraid|msclkid|mc_[ce]id|_ga|_gl")


def takes(*query: str, form: Iterable[str] | None = ()) -> Callable[[View], View]:
    """Let a view take these names in its address's query, and these in a posted form; without it a view takes none."""

    def mark(view: View) -> View:
        view.query_names = frozenset(query)  # type: ignore[attr-defined]
        view.form_names = form if form is ANY else frozenset(form)  # type: ignore[attr-defined]
        return view

    return mark


def takes_any_query(view: View) -> View:
    """Let a view take any query: another party's protocol decides what is in it, or nothing of it is used."""
    view.query_names = ANY  # type: ignore[attr-defined]
    return view


def install(app: Flask, service: str) -> None:
    """Have every request checked before its view is called. ValidationError by name for unknown and repeated ones."""
    api = f"/{service}/api/"

    @app.before_request
    def check() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if view is None:
            return
        by_people = not request.path.startswith(api) or getattr(view, "is_opened_by_people", False)
        unknown = [*_unknown_in_query(view, tracked=by_people), *(_unknown_in_form(view) if by_people else ())]
        reject(unknown, repeated=_repeated_in_query(view))


def reject(unknown: Iterable[str], repeated: Iterable[str] = ()) -> None:
    """Raise ValidationError with a message by name, if there are any such names."""
    messages = {
        **{name: [gettext("There is nothing called “%(name)s” here.", name=name[:_LONGEST])] for name in unknown},
        **{name: [gettext("“%(name)s” is in the address more than once.", name=name)] for name in repeated},
    }
    if messages:
        raise ValidationError(messages)


def _unknown_in_query(view: Any, *, tracked: bool) -> list[str]:
    known: frozenset[str] | None = getattr(view, "query_names", frozenset())
    if known is ANY or not request.query_string:
        return []
    unknown = [name for name in request.args if name not in known | _OF_EVERY_ADDRESS]
    return [name for name in unknown if not (tracked and _OF_TRACKING.fullmatch(name))]


def _repeated_in_query(view: Any) -> list[str]:
    known: frozenset[str] | None = getattr(view, "query_names", frozenset())
    if known is ANY or not request.query_string:
        return []
    return [name for name, values in request.args.lists() if name in known and len(values) > 1]


def _unknown_in_form(view: Any) -> list[str]:
    known: frozenset[str] | None = getattr(view, "form_names", frozenset())
    if known is ANY or request.method != "POST":
        return []
    return [name for name in request.form if name not in known | _OF_EVERY_FORM]
