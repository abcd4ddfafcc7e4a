"""Where a picture was taken, removed from the file without touching the picture itself: no byte moves, none is added.

docs/decisions/0021 has why this is code of our own.
"""

import mmap
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO

from shared.files.position import heif
from shared.files.position.blocks import MOST_BLOCK, Buffer, Edit, PictureUnreadable, edited
from shared.files.position.metadata import exif_without_position, xmp_without_position

MOST_SEGMENTS = 100  # with Exif or XMP, of all the pictures in a JPEG file
MOST_CHUNKS = 100_000

_JPEG_SEGMENT = re.compile(  # Exif 2.32, 4.7.2; XMP specification, part 3, 1.1.3
    rb"\xff\xe1([\s\S]{2})(?:(Exif\0\0)|http://ns\.adobe\.com/(?:xap/1\.0/\0|xmp/extension/\0[\s\S]{40}))"
)
_PNG_XMP = b"XML:com.adobe.xmp\0"
_PNG_PROFILE = re.compile(rb"Raw profile type (?:exif|APP1|xmp)\0", re.IGNORECASE)
_PADDING = b"paDd"  # a chunk of no meaning, which every reader passes over (ISO/IEC 15948, 5.4)


def remove_position(file: IO[bytes], media_type: str) -> bool:
    """Overwrite in the file where a picture was taken; whether there was anything.

    Files of other media types stay as they are. Raises PictureUnreadable for what has more parts than any picture.
    """
    edits_in = _EDITS.get(media_type)
    if edits_in is None:
        return False
    file.flush()
    removed = False
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as picture:
        for at, content in edits_in(picture):
            file.seek(at)
            file.write(content)
            removed = True
    return removed


def _in_jpeg(picture: Buffer) -> Iterator[Edit]:
    """Wherever in the file: a telephone's JPEG often holds a second picture behind the first."""
    at, segments = 0, 0
    while found := _JPEG_SEGMENT.search(picture, at):
        segments += 1
        if segments > MOST_SEGMENTS:
            raise PictureUnreadable
        at = max(found.end(), found.start() + 2 + int.from_bytes(found[1], "big"))
        clean = exif_without_position if found[2] else xmp_without_position
        yield from edited(picture, found.end(), at, clean)


def _in_png(picture: Buffer) -> Iterator[Edit]:
    at = 8
    for _ in range(MOST_CHUNKS):
        header = picture[at : at + 8]
        if len(header) < 8:
            return
        length, kind = struct.unpack(">I4s", header)
        start = at + 8
        end = min(start + length, len(picture))
        if kind in (b"eXIf", b"iTXt", b"zTXt", b"tEXt"):
            yield from _in_chunk(kind, picture, start, end)
        at = end + 4
    raise PictureUnreadable


def _in_chunk(kind: bytes, picture: Buffer, start: int, end: int) -> Iterator[Edit]:
    """The chunk without the position; one that cannot be read without unpacking it becomes a chunk of no meaning."""
    content = picture[start : min(end, start + MOST_BLOCK + 1)]
    cleaned = None
    if kind == b"eXIf":
        cleaned = None if len(content) > MOST_BLOCK else exif_without_position(content)
    elif kind == b"iTXt" and content.startswith(_PNG_XMP + b"\0"):
        cleaned = None if len(content) > MOST_BLOCK else xmp_without_position(content)
    elif not _PNG_PROFILE.match(content) and not content.startswith(_PNG_XMP):
        return
    else:
        kind, cleaned = _PADDING, bytes(end - start)
    if cleaned is None and len(content) > MOST_BLOCK:
        kind, cleaned = _PADDING, bytes(end - start)
    if cleaned is not None:
        chunk = kind + cleaned
        yield start - 4, chunk + zlib.crc32(chunk).to_bytes(4, "big")[: len(picture) - end]


def _in_webp(picture: Buffer) -> Iterator[Edit]:
    at = 12
    for _ in range(MOST_CHUNKS):
        header = picture[at : at + 8]
        if len(header) < 8:
            return
        kind, length = struct.unpack("<4sI", header)
        start = at + 8
        if kind == b"EXIF":
            prefix = 6 if picture[start : start + 6] == b"Exif\0\0" else 0
            yield from edited(picture, start + prefix, start + length, exif_without_position)
        elif kind == b"XMP ":
            yield from edited(picture, start, start + length, xmp_without_position)
        at = start + length + length % 2
    raise PictureUnreadable


_EDITS: Mapping[str, Callable[[Buffer], Iterator[Edit]]] = {
    "image/jpeg": _in_jpeg,
    "image/png": _in_png,
    "image/webp": _in_webp,
    "image/heif": heif.edits,
    "image/avif": heif.edits,
}
