"""A file is of the kind that it begins as, whatever it is called."""

import pytest

from shared.files.file_types import BEFORE_PDF, HEAD, KINDS, kinds_that_begin_so, media_type, names
from tests.documents import ooxml
from tests.pictures import BRANDS, heif, jpeg, png, webp

EVERY = tuple(KINDS)


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b"%PDF-1.7\n", ["pdf"]),
        (b"\n%PDF-1.4\n", ["pdf"]),
        (b"\xef\xbb\xbf" + b"x" * (BEFORE_PDF - 3) + b"%PDF-1.4\n", ["pdf"]),
        (b"x" * (BEFORE_PDF + 1) + b"%PDF-1.4\n", []),
        (jpeg(), ["jpeg"]),
        (png(), ["png"]),
        (webp(), ["webp"]),
        (ooxml(), ["docx", "xlsx", "odt"]),
        (jpeg(b"\xff\xfe\0\x0b%PDF-1.4\n"), ["jpeg"]),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42isom", []),
        (b"MZ\x90\0", []),
        (b"", []),
    ],
    ids=[
        "PDF",
        "a line before",
        "as much before as may be",
        "more before than may be",
        "JPEG",
        "PNG",
        "WebP",
        "archive",
        "JPEG with words",
        "MP4",
        "program",
        "nothing",
    ],
)
def test_the_beginning_shows_what_it_may_be(content, kinds):
    assert kinds_that_begin_so(content[:HEAD], EVERY) == kinds


@pytest.mark.parametrize("brand", BRANDS)
def test_each_cousin_of_heic_is_known(brand):
    head = heif(brand=brand)[:HEAD]

    assert kinds_that_begin_so(head, EVERY) == ["heic"]
    assert media_type("heic", head) == ("image/avif" if brand.startswith("av") else "image/heif")


def test_what_is_not_accepted_is_not_found():
    assert kinds_that_begin_so(jpeg(), ("pdf", "png")) == []
    assert kinds_that_begin_so(jpeg(b"\xff\xfe\0\x0b%PDF-1.4\n"), ("pdf",)) == []


def test_kinds_are_called_what_people_call_them():
    assert names(("pdf", "heic"))["sv"] == "PDF, HEIC, AVIF"
    assert names(("docx",))["en"] == "Word (docx)"
