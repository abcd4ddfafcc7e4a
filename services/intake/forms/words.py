"""Answers in words: text, e-mail addresses, telephone numbers, property designations."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from email_validator import EmailNotValidError, validate_email

from services.intake.eservices.definition import Field
from services.intake.forms.errors import InvalidAnswer
from shared.clock import Clock

Reader = Callable[[Any], Any]

MAX_TEXT = 200
MAX_TEXTAREA = 5000
MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

# Control characters, and what a decoder puts where it found no character.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd-\uffff]")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{4,24}")
# Block and unit after the name, which has no long number in it: `Åsen 3:14`, `S:t Eriks 5`; or, owned by several,
# land, facilities or fishing: `Byn S:1`, `Byn GA:3`, `Byn FS:12`.
_PROPERTY = re.compile(
    r"(?!.*[0-9]{4}.* )[^\W\d_]([\w .&'’-]|(?<=[^\W\d_]):(?=[^\W\d_])){0,60} "
    r"([0-9]{1,5}(:[0-9]{1,6})?|(?i:S|GA|FS):[0-9]{1,6})"
)
_PERSONAL_DATA = re.compile(r"[0-9]{6}\s?[-+]?\s?[0-9]{4}|\S@\S|(?:[0-9][\s-]?){8,}")


def is_blank(value: Any) -> bool:
    """Whether nothing was answered: null, white space, or an object of only such."""
    if isinstance(value, dict):
        return all(is_blank(part) for part in value.values())
    return value is None or (isinstance(value, str) and not value.strip())


def text(field: Field, *, longest: int = MAX_TEXT, lines: bool = False) -> Reader:
    """Text of a bounded length in normal form C, its ends trimmed; on one line unless `lines`."""
    most = field.max_length or longest

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidAnswer("type", "“%(label)s” must be text.", label=field.label)
        told = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
        told = told if lines else " ".join(told.split())
        if len(told) > most:
            raise InvalidAnswer(
                "too_long",
                "“%(label)s” may be at most %(most)s characters. Now it is %(length)s.",
                label=field.label,
                most=most,
                length=len(told),
            )
        if _UNREADABLE.search(told):
            raise InvalidAnswer(
                "characters",
                "“%(label)s” holds characters that cannot be read. Write the text anew.",
                label=field.label,
            )
        return told

    return read


def line(field: Field, _: Clock) -> Reader:
    """A line of text; what becomes public holds no personal data."""
    return _fitting(
        field,
        lambda told: not (field.public and _PERSONAL_DATA.search(told)),
        lambda: InvalidAnswer(
            "personal_data",
            "“%(label)s” becomes public. Leave out identity numbers, e-mail addresses and telephone numbers.",
            label=field.label,
        ),
    )


def textarea(field: Field, _: Clock) -> Reader:
    """Text of several lines."""
    return text(field, longest=MAX_TEXTAREA, lines=True)


def email(field: Field, _: Clock) -> Reader:
    """An e-mail address in its normal form."""
    whole = text(field, longest=MAX_EMAIL)

    def read(value: Any) -> str:
        try:
            return str(validate_email(whole(value), check_deliverability=False).normalized)
        except EmailNotValidError as fault:
            raise InvalidAnswer(
                "email",
                "“%(label)s” is not an e-mail address. Write it like name@example.se.",
                label=field.label,
            ) from fault

    return read


def telephone(field: Field, _: Clock) -> Reader:
    """A telephone number, as it was written."""
    return _fitting(
        field,
        _TELEPHONE.fullmatch,
        lambda: InvalidAnswer(
            "telephone", "“%(label)s” is not a telephone number. Write it like 070-123 45 67.", label=field.label
        ),
    )


def property_designation(field: Field, _: Clock) -> Reader:
    """A property designation (fastighetsbeteckning), as it was written. It becomes public, so it is nothing more."""
    return _fitting(
        field,
        lambda told: _PROPERTY.fullmatch(told) and not _PERSONAL_DATA.search(told),
        lambda: InvalidAnswer(
            "property", "“%(label)s” is not a property designation. Write it like Åsen 3:14.", label=field.label
        ),
    )


def _fitting(field: Field, fits: Callable[[str], object], wrong: Callable[[], InvalidAnswer]) -> Reader:
    """A line of text that fits; another is wrong."""
    whole = text(field)

    def read(value: Any) -> str:
        told: str = whole(value)
        if not fits(told):
            raise wrong()
        return told

    return read
