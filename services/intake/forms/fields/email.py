"""An e-mail address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import marshmallow
from email_validator import EmailNotValidError, validate_email

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import JsonSchema
from services.intake.forms.fields.keys import AUTOCOMPLETE
from services.intake.forms.fields.textual import TextualField
from shared.clock import Clock

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets


@dataclass(frozen=True, kw_only=True)
class EmailField(TextualField):
    """An e-mail address, stored in its normal form."""

    type: ClassVar[str] = "email"
    EXAMPLE: ClassVar[str] = """\
name: email
type: email
label: {sv: E-post, en: E-mail}
autocomplete: email
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = AUTOCOMPLETE
    input_type: ClassVar[str] = "email"
    default_max_length: ClassVar[int] = MAX_EMAIL
    has_grammar: ClassVar[bool] = True

    def read(self, value: Any, clock: Clock) -> str:
        """The address in its normal form, out of what it stood in: `Kim <kim@example.se>,` or `mailto:`."""
        try:
            return _normal_form(_bare(self.read_text(value)))
        except EmailNotValidError as error:
            raise InvalidAnswer(
                "email",
                "“%(label)s” is not an e-mail address. Write it like name@example.se.",
                label=self.label,
            ) from error

    def json_schema(self) -> JsonSchema:
        """Text in the format `email`."""
        return {"type": "string", "format": "email", "maxLength": MAX_EMAIL}


_IN_BRACKETS = re.compile(r"[^<>@]*<([^<>]*)>[\s,;.]*")
_SCHEME = re.compile(r"mailto:\s*([^?]*).*", re.IGNORECASE)


def _bare(text: str) -> str:
    for around in (_IN_BRACKETS, _SCHEME):
        if inner := around.fullmatch(text):
            text = inner[1]
    return text.lstrip(" <([{\"'“”‘’«").rstrip(" >)]}\"'“”‘’»,;:.")


# Most local parts are of this kind: nothing in them needs a closer look.
_ORDINARY = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1


def _normal_form(address: str) -> str:
    local, at, domain = address.rpartition("@")
    short = len(local) <= _LONGEST_LOCAL_PART and len(address) <= MAX_EMAIL
    if at and short and domain.isascii() and _ORDINARY.fullmatch(local):
        return f"{local}@{_domain(domain)}"
    return str(validate_email(address, check_deliverability=False).normalized)


@lru_cache(maxsize=1000)
def _domain(domain: str) -> str:
    """The domain in its normal form, kept: most people have one of few. EmailNotValidError as of the whole address."""
    return str(validate_email(f"x@{domain}", check_deliverability=False).domain)
