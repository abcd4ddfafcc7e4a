"""A form on its way: what is written so far, the files that are here, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from flask import request
from werkzeug.datastructures import MultiDict

from services.intake.attachments.form_files import Files

Posted = MultiDict[str, str]


def fresh_key() -> str:
    """What makes a form sent twice one wish: each form is shown with its own."""
    return str(uuid4())


@dataclass(frozen=True)
class FormState:
    """What a form is shown with. `faults` by the name of the input, in the order of the page."""

    written: Posted = field(default_factory=MultiDict)
    files: Files = field(default_factory=dict)
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notice: str | None = None
    key: str = field(default_factory=fresh_key)


def sent_key() -> str:
    """The key that the form was shown with; a new one where somebody has tampered with it."""
    try:
        return str(UUID(request.form.get("key", "")))
    except ValueError:
        return fresh_key()
