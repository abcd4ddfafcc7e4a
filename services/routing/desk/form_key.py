"""The key that a page gives each of its forms."""

import re

from flask import request

from shared.web.problems import Problem

_KEY = re.compile(r"[0-9a-f]{32}")
_LONGEST = 200  # of a key from elsewhere


def form_key() -> str:
    """The form's own key: what it requests is carried out once, though it is sent twice. Problem 400 without one."""
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        raise Problem(400, "bad-form", detail="The form has no key of its own.")
    return key


def form_key_if_any() -> str | None:
    """The same of a form that does without: sent twice without a key, it is carried out twice."""
    return request.form.get("key", "")[:_LONGEST] or None
