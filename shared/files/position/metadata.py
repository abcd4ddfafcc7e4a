"""Where a picture was taken, removed from what cameras write beside it: Exif, which is a small TIFF file, and XMP.

Nothing moves: what is removed is overwritten, so that every offset to the rest stays right. Pictures come from
strangers, so each step is bounded, and what no camera writes is overwritten whole.
"""

import re
import struct

MOST_DIRECTORIES = 16
MOST_ENTRIES = 1_000  # of a directory
MOST_POSITION_ENTRIES = 64  # of the directory with the position: Exif 2.32 has 32 tags for it

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}  # TIFF 6.0, section 2
_HEADER = 8
_ENTRY = 12
_POSITION, _EXIF, _INTEROPERABILITY = 0x8825, 0x8769, 0xA005  # Exif 2.32, 4.6.3
_SIZES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # bytes of a value by its type; else 1

_NAME = rb"[A-Za-z][\w.-]{0,40}:(?:GPS|Gps|gps)\w{0,40}"
_XMP_POSITION = re.compile(  # as an attribute or as an element of its own: ISO 16684-1, 7.4 and 7.5
    rb"""%b\s{0,20}=\s{0,20}(?:"[^"]{0,200}"|'[^']{0,200}')|<(%b)[^<>]{0,200}>[^<]{0,200}</\1\s{0,20}>"""
    % (_NAME, _NAME)
)


class _Unusual(Exception):
    """No camera writes this."""


def exif_without_position(exif: bytes) -> bytes | None:
    """The TIFF file without its position, as long as it was; None where it has none, or is no TIFF file."""
    order = _ORDERS.get(exif[:4])
    if order is None or len(exif) < _HEADER:
        return None
    tiff = _Tiff(exif, order)
    try:
        return bytes(tiff.block) if tiff.remove_position() else None
    except _Unusual:
        return bytes(len(exif))


def xmp_without_position(xmp: bytes) -> bytes | None:
    """The XMP packet without its position, as long as it was; None where it has none."""
    cleaned, count = _XMP_POSITION.subn(lambda found: b" " * len(found[0]), xmp)
    return cleaned if count else None


class _Tiff:
    """A TIFF file in memory, whose numbers are in this order of bytes."""

    def __init__(self, content: bytes, order: str) -> None:
        self.block = bytearray(content)
        self._entry = struct.Struct(f"{order}HHII")
        self._short = struct.Struct(f"{order}H")
        self._long = struct.Struct(f"{order}I")

    def remove_position(self) -> bool:
        """Remove it from every directory; whether there was one."""
        seen: set[int] = set()
        waiting = [self._long.unpack_from(self.block, 4)[0]]
        removed = False
        while waiting:
            at = waiting.pop()
            if at in seen or not _HEADER <= at <= len(self.block) - self._short.size:
                continue
            seen.add(at)
            if len(seen) > MOST_DIRECTORIES:
                raise _Unusual
            removed |= self._clean(at, waiting)
        return removed

    def _clean(self, at: int, waiting: list[int]) -> bool:
        """Remove the position's entry from a directory, and add to those waiting what it leads to."""
        entries = self._entries(at, MOST_ENTRIES)
        end = at + 2 + _ENTRY * len(entries)
        kept = bytearray()
        for tag, kind, count, value in entries:
            if tag == _POSITION:
                self._blank_directory(value)
                continue
            if tag in (_EXIF, _INTEROPERABILITY):
                waiting.append(value)
            kept += self._entry.pack(tag, kind, count, value)
        following = bytes(self.block[end : end + 4])
        if len(following) == 4:
            waiting.append(self._long.unpack(following)[0])
        removed = len(entries) - len(kept) // _ENTRY
        if removed:
            directory = self._short.pack(len(entries) - removed) + kept + following
            self.block[at : end + len(following)] = directory + bytes(_ENTRY * removed)
        return removed > 0

    def _entries(self, at: int, most: int) -> list[tuple[int, int, int, int]]:
        """Tag, type, count and value of each entry; only those that are whole where the file is cut off."""
        count = self._short.unpack_from(self.block, at)[0]
        count = min(count, (len(self.block) - at - 2) // _ENTRY)
        if count > most:
            raise _Unusual
        return [self._entry.unpack_from(self.block, at + 2 + _ENTRY * place) for place in range(count)]

    def _blank_directory(self, at: int) -> None:
        """Overwrite a directory, and the values that its entries lead to."""
        if not _HEADER <= at <= len(self.block) - self._short.size:
            return
        entries = self._entries(at, MOST_POSITION_ENTRIES)
        for _, kind, count, value in entries:
            if (size := _SIZES.get(kind, 1) * count) > 4:
                self._blank(value, size)
        self._blank(at, 2 + _ENTRY * len(entries))

    def _blank(self, at: int, size: int) -> None:
        start = max(at, _HEADER)
        end = min(at + size, len(self.block))
        if start < end:
            self.block[start:end] = bytes(end - start)
