"""Documents of word processors and spreadsheets, which are ZIP archives: known by what they declare, not unpacked.

Only the directory of the archive and one small file in it are read, each within a bound. Those with macros are found.
"""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

MOST_FILES = 5_000
MOST_DIRECTORY = 1_000_000  # bytes
MOST_DECLARED = 200_000  # bytes of the file that declares what the archive is
_LONGEST_END = 22 + 65_535  # the last record of an archive and its comment

_END = struct.Struct("<4s4H2IH")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")

_MAIN_PARTS: Mapping[str, bytes] = {
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_ODT = b"application/vnd.oasis.opendocument.text"
_MACRO_TYPES = (b"macroenabled", b"vbaproject")
_MACRO_FILES = ("vbaproject.bin", "vbadata.xml")
_MACRO_FOLDERS = ("basic/", "scripts/")


class HoldsMacros(Exception):
    """The document can run programs of its own when it is opened."""


class _NotRead(Exception):
    """It is no archive as such programs write them."""


@dataclass(frozen=True)
class _Entry:
    flags: int
    method: int
    packed: int
    offset: int


def kind_of(file: IO[bytes]) -> str | None:
    """`docx`, `xlsx` or `odt`; None for any other archive. Raises HoldsMacros."""
    try:
        entries = _entries(file)
        if declared := entries.get("[content_types].xml"):
            return _ooxml(entries, _content(file, declared))
        if declared := entries.get("mimetype"):
            return _open_document(entries, _content(file, declared))
    except (_NotRead, zlib.error, struct.error):
        return None
    return None


def _ooxml(entries: Mapping[str, _Entry], types: bytes) -> str | None:
    """By the type of the main part (ECMA-376, part 1, 11.3.10 and 12.3.23), which a template or macro file has not."""
    lowered = types.lower()
    if any(each in lowered for each in _MACRO_TYPES) or any(name.endswith(_MACRO_FILES) for name in entries):
        raise HoldsMacros
    found = [code for code, main in _MAIN_PARTS.items() if b'"%b"' % main in types or b"'%b'" % main in types]
    return found[0] if len(found) == 1 else None


def _open_document(entries: Mapping[str, _Entry], declared: bytes) -> str | None:
    if declared.strip() != _ODT:
        return None
    if any(name.startswith(_MACRO_FOLDERS) for name in entries):
        raise HoldsMacros
    return "odt"


def _entries(file: IO[bytes]) -> Mapping[str, _Entry]:
    """The files of the archive by name, in lower case, as its directory has them."""
    size = file.seek(0, 2)
    start = max(0, size - _LONGEST_END)
    file.seek(start)
    tail = file.read(_LONGEST_END)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise _NotRead
    _, disk, _, here, count, length, offset, comment = _END.unpack_from(tail, at)
    if disk or here != count or count > MOST_FILES or length > MOST_DIRECTORY:
        raise _NotRead
    if offset + length != start + at or at + _END.size + comment != len(tail):
        raise _NotRead
    file.seek(offset)
    return _parsed(file.read(length), count)


def _parsed(directory: bytes, count: int) -> Mapping[str, _Entry]:
    entries: dict[str, _Entry] = {}
    at = 0
    for _ in range(count):
        signature, _, _, flags, method, _, _, _, packed, _, named, extra, comment, _, _, _, offset = _ENTRY.unpack_from(
            directory, at
        )
        name = directory[at + _ENTRY.size : at + _ENTRY.size + named].decode("utf-8", "replace").lower()
        if signature != b"PK\x01\x02" or name in entries:
            raise _NotRead
        entries[name] = _Entry(flags, method, packed, offset)
        at += _ENTRY.size + named + extra + comment
    return entries


def _content(file: IO[bytes], entry: _Entry) -> bytes:
    """What one file of the archive holds, if it is small."""
    if entry.flags & 1 or entry.packed > MOST_DECLARED or entry.method not in (0, 8):
        raise _NotRead
    file.seek(entry.offset)
    signature, *_, named, extra = _LOCAL.unpack(file.read(_LOCAL.size))
    if signature != b"PK\x03\x04":
        raise _NotRead
    file.seek(named + extra, 1)
    packed = file.read(entry.packed)
    if entry.method == 0:
        return packed
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    content = unpacking.decompress(packed, MOST_DECLARED)
    if unpacking.unconsumed_tail:
        raise _NotRead
    return content
