"""The Exif and XMP items of a HEIC or AVIF file (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, annex A)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from shared.files.position.blocks import MOST_BLOCK, Buffer, Edit, PictureUnreadable, edited
from shared.files.position.metadata import exif_without_position, xmp_without_position

MOST_BOXES = 10_000
MOST_EXTENTS = 20_000  # and items: a picture of a hundred megapixels has a few hundred
MOST_METADATA = 100  # items of Exif or XMP

_EXIF, _XMP = "Exif", "XMP"


@dataclass(frozen=True)
class _Box:
    """Where the content of a box is, after its size and type."""

    type: bytes
    start: int
    end: int


class _CutOff(Exception):
    """The file ends before what is to be read."""


class _Numbers:
    """Reads numbers one after the other."""

    def __init__(self, data: Buffer, box: _Box) -> None:
        self._data, self._at, self._end = data, box.start, box.end

    def number(self, size: int) -> int:
        """A number of so many bytes, 0 for none. Raises _CutOff."""
        if self._at + size > self._end:
            raise _CutOff
        self._at += size
        return int.from_bytes(self._data[self._at - size : self._at], "big")


def edits(picture: Buffer) -> Iterator[Edit]:
    """What is to be written over the file so that it has no position. Raises PictureUnreadable."""
    for box in _boxes(picture, 0, len(picture)):
        if box.type == b"meta":
            yield from _in_meta(picture, box)


def _in_meta(picture: Buffer, meta: _Box) -> Iterator[Edit]:
    inside: dict[bytes, _Box] = {}
    for box in _boxes(picture, meta.start + 4, meta.end):
        inside.setdefault(box.type, box)
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    kinds = dict(_kinds(picture, inside[b"iinf"]))
    metadata = 0
    for item, extents in _locations(picture, inside[b"iloc"], inside.get(b"idat")):
        if item in kinds:
            metadata += 1
            if metadata > MOST_METADATA:
                raise PictureUnreadable
            yield from _in_item(picture, kinds[item], extents)


def _in_item(picture: Buffer, kind: str, extents: list[tuple[int, int]]) -> Iterator[Edit]:
    """One in several pieces is overwritten: no program is known to write Exif so."""
    if sum(end - start for start, end in extents) > MOST_BLOCK:
        raise PictureUnreadable
    if len(extents) > 1:
        for start, end in extents:
            yield from edited(picture, start, end, lambda piece: bytes(len(piece)) if any(piece) else None)
        return
    for start, end in extents:
        if kind == _XMP:
            yield from edited(picture, start, end, xmp_without_position)
        else:
            yield from edited(picture, _tiff_in(picture, start, end), end, exif_without_position)


def _tiff_in(picture: Buffer, start: int, end: int) -> int:
    """Where the TIFF file begins: after the number of bytes that come before it, which most write, and some wrongly."""
    head = picture[start : min(end, start + 64)]
    found = [place for header in (b"II*\0", b"MM\0*") if (place := head.find(header)) >= 0]
    return start + min(found, default=0)


def _boxes(data: Buffer, start: int, end: int) -> Iterator[_Box]:
    at = start
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        begins = at + 8
        if size == 1 and at + 16 <= end:
            size, begins = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        ends = end if size == 0 else min(at + size, end)
        if ends < begins:
            return
        yield _Box(kind, begins, ends)
        at = ends
    raise PictureUnreadable


def _kinds(data: Buffer, iinf: _Box) -> Iterator[tuple[int, str]]:
    """The items that are Exif or XMP, by id."""
    count_size = 2 if data[iinf.start : iinf.start + 1] == b"\0" else 4
    for box in _boxes(data, iinf.start + 4 + count_size, iinf.end):
        entry = data[box.start : min(box.end, box.start + 500)]
        id_size = {2: 2, 3: 4}.get(entry[0]) if entry else None
        if box.type != b"infe" or id_size is None:
            continue
        item, kind = int.from_bytes(entry[4 : 4 + id_size], "big"), entry[6 + id_size : 10 + id_size]
        if kind == b"Exif":
            yield item, _EXIF
        elif kind == b"mime" and b"application/rdf+xml" in entry:
            yield item, _XMP


def _locations(data: Buffer, iloc: _Box, idat: _Box | None) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Each item's id, and where its pieces are in the file; as far as the table goes where it is cut off."""
    try:
        yield from _read_locations(data, _Numbers(data, iloc), idat)
    except _CutOff:
        return


def _read_locations(data: Buffer, numbers: _Numbers, idat: _Box | None) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    version, _ = numbers.number(1), numbers.number(3)
    sizes, more_sizes = numbers.number(1), numbers.number(1)
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more_sizes >> 4
    index_size = more_sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    read = 0
    for _ in range(numbers.number(wide)):
        item = numbers.number(wide)
        method = numbers.number(2) & 15 if version else 0
        numbers.number(2)
        base = numbers.number(base_size)
        count = numbers.number(2)
        read += 1 + count
        if read > MOST_EXTENTS:
            raise PictureUnreadable
        extents = []
        for _ in range(count):
            numbers.number(index_size)
            start, length = base + numbers.number(offset_size), numbers.number(length_size)
            extents.append(_extent(data, start, length, method, idat))
        yield item, extents


def _extent(data: Buffer, start: int, length: int, method: int, idat: _Box | None) -> tuple[int, int]:
    """From where to where in the file; a length of 0 reaches to the end of what holds it."""
    if method == 1 and idat is not None:
        start, last = idat.start + start, idat.end
    else:
        last = len(data)
    return min(start, last), min(start + length, last) if length else last
