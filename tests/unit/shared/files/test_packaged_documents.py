"""Documents of word processors and spreadsheets, known without being unpacked; those with macros are refused."""

import random
import struct
from io import BytesIO

import pytest

from shared.files.packaged_documents import MOST_DECLARED, MOST_FILES, HoldsMacros, kind_of
from tests.documents import EXCEL, ODT, WORD, WORD_WITH_MACROS, archive, ooxml, open_document

TEMPLATE = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"


def kind(content):
    return kind_of(BytesIO(content))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (ooxml(), "docx"),
        (ooxml(EXCEL, "xl/workbook.xml"), "xlsx"),
        (open_document(), "odt"),
        (archive({"mimetype": ODT, "content.xml": ""}, comment=b"PK or not"), "odt"),
        (ooxml(TEMPLATE), None),
        (open_document("application/vnd.oasis.opendocument.spreadsheet"), None),
        (archive({"a.txt": "a"}), None),
        (archive({}), None),
        (archive({"[Content_Types].xml": f"<!-- {WORD} -->"}), None),
        (archive({"[Content_Types].xml": f'"{WORD}" "{EXCEL}"'}), None),
    ],
    ids=["Word", "Excel", "LibreOffice", "comment", "template", "sheet", "other", "empty", "in words", "both"],
)
def test_a_document_is_what_it_declares(content, found):
    assert kind(content) == found


@pytest.mark.parametrize(
    "content",
    [
        ooxml(WORD_WITH_MACROS),
        ooxml(**{"word/vbaProject.bin": "x"}),
        ooxml(**{"customXml/VBAPROJECT.BIN": "x"}),
        open_document(**{"Basic/Standard/Module1.xml": "x"}),
        open_document(**{"Scripts/python/run.py": "x"}),
    ],
    ids=["docm", "project", "project in capitals", "Basic", "Python"],
)
def test_a_document_with_macros_is_refused(content):
    with pytest.raises(HoldsMacros):
        kind(content)


def forged(content, at, form, *values):
    changed = bytearray(content)
    struct.pack_into(form, changed, at, *values)
    return bytes(changed)


WHOLE = ooxml()
END = len(WHOLE) - 22


@pytest.mark.parametrize(
    "content",
    [
        forged(WHOLE, END + 8, "<2H", 9_999, 9_999),
        forged(WHOLE, END + 12, "<I", 0xFFFFFFFF),
        forged(WHOLE, END + 16, "<I", 0xFFFFFFFF),
        forged(WHOLE, END + 16, "<I", 0),
        WHOLE[:-1] + b"\xff",
        WHOLE + b"more",
        WHOLE[10:],
        archive({"[Content_Types].xml": f'"{WORD}"' + " " * MOST_DECLARED}),
        archive({f"{number}": "" for number in range(MOST_FILES)} | {"[Content_Types].xml": f'"{WORD}"'}),
        archive({"[Content_Types].xml": f'"{WORD}"', "[content_types].XML": "x"}),
        b"PK\x03\x04" + b"PK\x05\x06",
    ],
    ids=["count", "length", "offset", "start", "comment", "tail", "head", "bomb", "many", "twice", "bare"],
)
def test_what_no_such_program_writes_is_no_document(content):
    assert kind(content) is None


def test_bytes_by_chance_are_no_error():
    chance = random.Random(7)
    for _ in range(1_000):
        content = bytearray(WHOLE)
        for _ in range(chance.randrange(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            assert kind(bytes(content)) in ("docx", None)
        except HoldsMacros:
            continue


def test_only_the_directory_and_what_declares_the_kind_are_read():
    read = []

    class Watched(BytesIO):
        def read(self, size=-1, /):
            content = super().read(size)
            read.append(len(content))
            return content

    large = archive({"mimetype": ODT, "Pictures/1.bin": "x" * 5_000_000}, packed=False)

    assert kind_of(Watched(large)) == "odt"
    assert sum(read) < 70_000
