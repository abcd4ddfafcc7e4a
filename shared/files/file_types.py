"""The kinds of file that are received, known by what is in them and not by their names.

The table is our own: libraries that know every format guess, and accept what only resembles one of these few.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BEFORE_PDF = 1024  # bytes that may stand before a PDF: readers allow them (Adobe's implementation note 13 to PDF 1.7)
HEAD = BEFORE_PDF + 5  # bytes, enough to know how a file begins


@dataclass(frozen=True)
class Kind:
    """A kind of file: what people call it, what files of it are called, and how they begin.

    `media_types` has the names that it goes by: one, or one for each group of `beginning` that may have matched.
    """

    name: Mapping[str, str]
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    beginning: re.Pattern[bytes]

    @property
    def is_archive(self) -> bool:
        """Whether only what is further on in the file shows that it is of this kind."""
        return self.beginning is _ZIP


def _in_both(name: str) -> Mapping[str, str]:
    return {"sv": name, "en": name}


_ZIP = re.compile(rb"PK\x03\x04")  # APPNOTE 4.3.7: a local file header

KINDS: Mapping[str, Kind] = {
    # ISO 32000-2, 7.5.2
    "pdf": Kind(_in_both("PDF"), ("application/pdf",), ("pdf",), re.compile(rb"[\s\S]{0,%d}?%%PDF-" % BEFORE_PDF)),
    # ISO/IEC 10918-1, B.1.1: SOI, then a marker
    "jpeg": Kind(_in_both("JPEG"), ("image/jpeg",), ("jpg", "jpeg"), re.compile(rb"\xff\xd8\xff")),
    # ISO/IEC 15948, 5.2
    "png": Kind(_in_both("PNG"), ("image/png",), ("png",), re.compile(rb"\x89PNG\r\n\x1a\n")),
    # ISO/IEC 23008-12, 10.2 and B.4; AV1 Image File Format 6.3
    "heic": Kind(
        _in_both("HEIC, AVIF"),
        ("image/heif", "image/avif"),
        ("heic", "heif", "hif", "avif"),
        re.compile(rb"[\s\S]{4}ftyp(?:(hei[cxms]|hev[cx]|mif1|msf1)|(avif|avis))"),
    ),
    # RFC 9649, 2.4
    "webp": Kind(_in_both("WebP"), ("image/webp",), ("webp",), re.compile(rb"RIFF[\s\S]{4}WEBP")),
    # ECMA-376, part 2
    "docx": Kind(
        {"sv": "Word (docx)", "en": "Word (docx)"},
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
        ("docx",),
        _ZIP,
    ),
    "xlsx": Kind(
        {"sv": "Excel (xlsx)", "en": "Excel (xlsx)"},
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
        ("xlsx",),
        _ZIP,
    ),
    # OpenDocument 1.3, part 2, 3.3
    "odt": Kind(
        {"sv": "OpenDocument-text (odt)", "en": "OpenDocument text (odt)"},
        ("application/vnd.oasis.opendocument.text",),
        ("odt",),
        _ZIP,
    ),
}

# What a file of each media type may be called; the first is what it is called when its own suffix is of another kind.
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    media_type: kind.suffixes for kind in KINDS.values() for media_type in kind.media_types
} | {"image/heif": ("heic", "heif", "hif"), "image/avif": ("avif",)}


def kinds_that_begin_so(head: bytes, accept: Sequence[str]) -> Sequence[str]:
    """Those of the accepted kinds (`pdf`, `jpeg` …) that a file beginning so may be of.

    A file that begins as another kind is no PDF, whatever stands further on in it.
    """
    found = [code for code, kind in KINDS.items() if code != "pdf" and kind.beginning.match(head)]
    if not found and KINDS["pdf"].beginning.match(head):
        found = ["pdf"]
    return [code for code in found if code in accept]


def media_type(code: str, head: bytes) -> str:
    """The media type of a file of the kind that begins so."""
    kind = KINDS[code]
    match = kind.beginning.match(head)
    return kind.media_types[(match.lastindex or 1) - 1 if match else 0]


def names(accept: Sequence[str]) -> Mapping[str, str]:
    """What people call the kinds, by language: `PDF, JPEG, PNG`."""
    return {language: ", ".join(KINDS[code].name[language] for code in accept) for language in ("sv", "en")}
