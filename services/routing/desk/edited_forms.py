"""What the desk's pages for editors share."""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from flask import g, request

from shared.swedish.sorting import sort_key
from shared.web.languages import text_of
from shared.web.problems import Problem
from shared.web.tokens import Role


def by_editors(view: Any) -> Any:
    """Let only officers with the role `editor` see the page."""

    @wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        if Role.EDITOR not in g.identity.roles:
            raise Problem(403, "role-missing", detail="Your roles do not allow this.")
        return view(*arguments, **named)

    return guarded


def choosable(texts: Mapping[str, Mapping[str, str]], chosen: str) -> list[tuple[str, str]]:
    """What may be chosen, by its text in Swedish order; with what was chosen once, which may be offered no more."""
    found = sorted(((code, text_of(text)) for code, text in texts.items()), key=lambda each: sort_key(each[1]))
    lost = [chosen] if chosen and chosen not in texts else []
    return [*found, *((code, code) for code in lost)]


def version_seen() -> int | None:
    """The version that the form is about. Problem 400 when it has none."""
    try:
        return int(request.form["version"][:18])
    except (KeyError, ValueError) as error:
        detail = "The form does not say which version of the text it is about."
        raise Problem(400, "bad-form", detail=detail) from error
