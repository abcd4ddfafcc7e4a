"""What the parts of a mail hold, kept away from the parser: it takes eight times the room of what it reads.

The contents stay where they are in the mail, and the parser gets a mark for each. They are decoded a piece at a time.
"""

import io
import re
import secrets
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator
from functools import cached_property
from typing import BinaryIO

from shared.files.storage import CHUNK

SHORT = 1_000  # bytes that the parser may as well have

_SEPARATOR = re.compile(rb"^--", re.MULTILINE)
_NO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


class Contents:
    """The contents of a mail's parts, whose lines end with a line feed.

    A part's header ends with the first empty line after the line that separates it from the one before, or sooner. So
    whatever is cut, up to the next line that may separate parts, is within the content of one part.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._mark = secrets.token_hex(8).encode()  # nobody can have written it
        self._cut: list[tuple[int, int]] = []

    @cached_property
    def rest(self) -> bytes:
        """The mail with marks for its contents."""
        rest, kept_from = io.BytesIO(), 0
        for start, end in self._found():
            rest.write(memoryview(self._raw)[kept_from:start])
            rest.write(b"%b-%d-" % (self._mark, len(self._cut)))
            self._cut.append((start, end))
            kept_from = end
        rest.write(memoryview(self._raw)[kept_from:])
        return rest.getvalue()

    def pieces(self, content: bytes) -> Iterator[bytes]:
        """It with the contents in the places of their marks, a piece at a time."""
        for number, between in enumerate(re.split(rb"%b-(\d+)-" % self._mark, content)):
            if number % 2 == 0:
                yield between
                continue
            start, end = self._cut[int(between)]
            for at in range(start, end, CHUNK):
                yield self._raw[at : min(at + CHUNK, end)]

    def _found(self) -> Iterator[tuple[int, int]]:
        start = 0
        while start < len(self._raw):
            separator = _SEPARATOR.search(self._raw, start)
            end = separator.start() - 1 if separator else len(self._raw)
            header = self._raw.find(b"\n\n", max(0, start - 1), end)
            if header >= 0 and end - (header + 2) > SHORT:
                yield header + 2, end
            start = separator.end() if separator else len(self._raw)


def decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """What they are in a transfer encoding (RFC 2045, 6), a piece at a time; in one that is not known, as they are."""
    match encoding.strip().lower():
        case "base64":
            return _of_base64(pieces)
        case "quoted-printable":
            return _of_quoted_printable(pieces)
    return pieces


def opened(pieces: Iterator[bytes]) -> BinaryIO:
    """A file of them."""
    return io.BufferedReader(_Pieces(pieces))


def _of_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = b""
    for piece in pieces:
        content, padding, _ = piece.partition(b"=")  # which ends it: the footer of a list may come after
        left += content.translate(None, _NO_BASE64)
        whole = len(left) // 4 * 4
        yield a2b_base64(left[:whole])
        left = left[whole:]
        if padding:
            break
    try:
        yield a2b_base64(left + b"=" * (-len(left) % 4))
    except Error:  # a single character is no byte
        return


def _of_quoted_printable(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = b""
    for piece in pieces:
        whole, line_end, left = (left + piece).rpartition(b"\n")
        if not line_end and len(left) > CHUNK:  # no line is so long: nothing is lost by cutting it
            whole, left = left, b""
        yield a2b_qp(whole + line_end)
    yield a2b_qp(left)


class _Pieces(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        number = min(len(buffer), len(self._left))
        buffer[:number], self._left = self._left[:number], self._left[number:]
        return number
