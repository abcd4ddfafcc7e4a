"""E-mail addresses as people write them, in their normal form, and as they are shown where they need not be read."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_IN_BRACKETS = re.compile(r"[^<>@]*<([^<>]*)>[\s,;.]*")
_SCHEME = re.compile(r"mailto:\s*([^?]*).*", re.IGNORECASE)

# Most local parts are of this kind: nothing in them needs a closer look.
_ORDINARY = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1


class NoEmailAddress(ValueError):
    """The text is no e-mail address."""


def normal_form(text: str) -> str:
    """The address in its normal form, out of what it stood in: `Kim <kim@example.se>,` or `mailto:`.

    Raises NoEmailAddress.
    """
    address = _bare(text)
    local, at, domain = address.rpartition("@")
    short = len(local) <= _LONGEST_LOCAL_PART and len(address) <= MAX_EMAIL
    try:
        if at and short and domain.isascii() and _ORDINARY.fullmatch(local):
            return f"{local}@{_domain(domain)}"
        return str(validate_email(address, check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise NoEmailAddress from error


def mask(email: str | None) -> str | None:
    """An address with only its first character and its domain left, as `a…@example.org`."""
    if email is None:
        return None
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _bare(text: str) -> str:
    for around in (_IN_BRACKETS, _SCHEME):
        if inner := around.fullmatch(text):
            text = inner[1]
    return text.lstrip(" <([{\"'“”‘’«").rstrip(" >)]}\"'“”‘’»,;:.")


@lru_cache(maxsize=1000)
def _domain(domain: str) -> str:
    """The domain in its normal form, kept: most people have one of few. EmailNotValidError as of the whole address."""
    return str(validate_email(f"x@{domain}", check_deliverability=False).domain)
