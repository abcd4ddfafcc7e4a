"""A mail as it goes over the wire (RFC 5322).

It is written directly: the standard library's `email` objects take ten times as long. All of it is ASCII, but for a
recipient whose local part is not.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

# An encoded word of so many bytes fits on a line of 76 characters with the name of its header (RFC 2047, 2).
ENCODED_BYTES = 39
_PLAIN = re.compile(r"[!-~](?:[ -~]{0,58}[!-~])?")
_ATOMS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ]{0,58}[A-Za-z0-9])?")
_LINE_END = re.compile(r"\r\n|\r|\n")


class BadAddress(Exception):
    """This is not an address that mail can be sent to."""


@dataclass(frozen=True)
class Mail:
    """One mail to one recipient. `id` is the notification's, `content` has headers and parts, with CRLF."""

    id: UUID
    recipient: str
    content: bytes


def checked_address(email: str) -> str:
    """The one e-mail address, with a domain in ASCII (IDNA 2008). Raises BadAddress."""
    try:
        checked = validate_email(email, check_deliverability=False)
    except (EmailNotValidError, ValueError) as error:
        raise BadAddress("not an e-mail address") from error
    return f"{checked.local_part}@{checked.ascii_domain}"


def with_name(name: str, address: str) -> str:
    """The value of a header that names who has an address."""
    shown = _one_line(name)
    return f"{shown if _ATOMS.fullmatch(shown) else _encoded_words(shown)} <{address}>"


def header_text(text: str) -> str:
    """Any text as the value of a header, never more than one header: as it is, or as encoded words (RFC 2047)."""
    shown = _one_line(text)
    return shown if _PLAIN.fullmatch(shown) and "=?" not in shown else _encoded_words(shown)


def written(headers: Mapping[str, str], *, text: str, html: str, boundary: str) -> bytes:
    """The mail with these headers, whose values are fit to be written, and the same message as text and as HTML.

    A boundary that begins with `=_` stands in no part: in quoted-printable each `=` is followed by other characters.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
    delimiter = f"\r\n--{boundary}".encode()
    parts = (
        part for subtype, content in (("plain", text), ("html", html)) for part in (delimiter, _part(subtype, content))
    )
    return b"".join((head.encode(), kind.encode(), *parts, delimiter, b"--\r\n"))


def _part(subtype: str, content: str) -> bytes:
    head = f'\r\nContent-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    encoded = b2a_qp(_LINE_END.sub("\n", content).encode(), istext=True)
    return head.encode() + encoded.replace(b"\n", b"\r\n")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _encoded_words(text: str) -> str:
    words = (b2a_base64(piece, newline=False).decode() for piece in _pieces(text))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _pieces(text: str) -> Iterator[bytes]:
    """The text in pieces of at most ENCODED_BYTES, none of which ends within a character."""
    piece = b""
    for character in text:
        encoded = character.encode()
        if len(piece) + len(encoded) > ENCODED_BYTES:
            yield piece
            piece = b""
        piece += encoded
    yield piece
