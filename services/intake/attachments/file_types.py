"""The kinds of file that may be attached, known by their first bytes and not by their names.

The table is our own: libraries that know every format guess, and accept what only resembles one of these few.
"""

import re
from collections.abc import Mapping, Sequence

HEAD = 16  # bytes, enough to know the kind

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "heic": "image/heif",
    "webp": "image/webp",
}

# What a file of each kind may be called; the first is what it is called when its own suffix is of another kind.
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/heif": ("heic", "heif"),
    "image/webp": ("webp",),
}


_BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    "pdf": re.compile(rb"%PDF-"),  # ISO 32000-2, 7.5.2
    "jpeg": re.compile(rb"\xff\xd8\xff"),  # ISO/IEC 10918-1, B.1.1: SOI, then a marker
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),  # ISO/IEC 15948, 5.2
    "heic": re.compile(rb"....ftyp(heic|heix|mif1|msf1)", re.DOTALL),  # ISO/IEC 23008-12, 10.2 and B.4
    "webp": re.compile(rb"RIFF....WEBP", re.DOTALL),  # RFC 9649, 2.4
}


def sniff(head: bytes, accept: Sequence[str]) -> str | None:
    """The media type that a file beginning so has, of those accepted (`pdf`, `jpeg` …); None when it is of no such."""
    return next((MEDIA_TYPES[kind] for kind in accept if _BEGINNINGS[kind].match(head)), None)
