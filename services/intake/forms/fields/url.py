"""The address of a web page."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import SplitResult, quote, urlsplit

import idna

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import JsonSchema
from services.intake.forms.fields.textual import TextualField
from shared.clock import Clock

_LONGEST_SERVER = 260  # characters of a name in DNS and a port
_SCHEMES = ("http", "https")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?://|(?![0-9]))", re.IGNORECASE)  # `example.se:8080` has a port, no scheme
_SAFE = "!$%&'()*+,/:;=?@[]~"  # what RFC 3986 lets stand in a path or a query, and what is percent-encoded already


@dataclass(frozen=True, kw_only=True)
class UrlField(TextualField):
    """A web address, `https` where nothing else is written; the name of its server is stored as DNS has it (IDNA)."""

    type: ClassVar[str] = "url"
    EXAMPLE: ClassVar[str] = """\
name: homepage
type: url
label: {sv: Föreningens webbplats, en: The association's website}
"""
    input_type: ClassVar[str] = "url"
    default_max_length: ClassVar[int] = 2000

    def read(self, value: Any, clock: Clock) -> str:
        """The address with its scheme."""
        text = self.read_text(value).strip("<>\"'“”,; ")
        try:
            address = _normal_form(text if _SCHEME.match(text) else f"https://{text}")
        except ValueError as error:
            raise self._invalid() from error
        if len(address) > self.longest:
            raise self._too_long(len(address))
        return address

    def json_schema(self) -> JsonSchema:
        """Text that begins with `http://` or `https://`."""
        return {"type": "string", "format": "uri", "pattern": "^https?://", "maxLength": self.longest}

    def _invalid(self) -> InvalidAnswer:
        return InvalidAnswer(
            "url", "“%(label)s” is not a web address. Write it like https://www.example.se.", label=self.label
        )


def _normal_form(address: str) -> str:
    """Raises ValueError, of which idna.IDNAError is one."""
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES or parts.username is not None or " " in address:
        raise ValueError("scheme, user or space")
    server = _server(parts)
    return parts._replace(
        netloc=server,
        path=quote(parts.path, _SAFE),
        query=quote(parts.query, _SAFE),
        fragment=quote(parts.fragment, _SAFE),
    ).geturl()


def _server(parts: SplitResult) -> str:
    """The name as DNS has it, and the port. A name has a dot and no number last: an IP address is none."""
    if len(parts.netloc) > _LONGEST_SERVER:
        raise ValueError("too long a name")
    name = idna.encode(parts.hostname or "", uts46=True).decode("ascii").rstrip(".")
    if not re.fullmatch(r"[^.].*\.[a-z][a-z0-9-]*", name):
        raise ValueError("no name of a server")
    return name if parts.port is None else f"{name}:{parts.port}"
