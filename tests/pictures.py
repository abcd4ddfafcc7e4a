"""Pictures as cameras write them, byte by byte, and what a reader finds in them."""

import struct
import zlib
from collections.abc import Sequence
from typing import Any

LATITUDE = struct.pack(">6I", 61, 1, 14, 1, 1234, 100)  # 61° 14' 12.34" north: Älvdalen
CAMERA = b"Camera of Alvdalen\0"
ORIENTATION, MAKE, EXIF, POSITION, PRINTING = 0x0112, 0x010F, 0x8769, 0x8825, 0xC4A5
XMP_POSITION = b'exif:GPSLatitude="61,14.2N"'
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:Rating="5" '
    + XMP_POSITION
    + b"><exif:GPSLongitude>14,2.3E</exif:GPSLongitude><dc:title>Bron</dc:title></rdf:Description>"
    + b"</rdf:RDF></x:xmpmeta>"
)
BRANDS = ("heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "avif", "avis")

Entry = tuple[int, int, int, bytes | int]


def tiff(order: str = ">", *, position: bool = True, before: Sequence[Entry] = ()) -> bytes:
    """An Exif block: make, orientation, where it was taken, something after that, and a thumbnail's directory."""
    latitude = struct.pack(f"{order}6I", *struct.unpack(">6I", LATITUDE))
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}I", 8)
    entries: list[Entry] = [*before, (MAKE, 2, len(CAMERA), CAMERA), (ORIENTATION, 3, 1, 6), (EXIF, 4, 1, 300)]
    entries += [(POSITION, 4, 1, 400)] if position else []
    entries += [(PRINTING, 7, 4, 0x01020304)]
    block = bytearray(700)
    block[:8] = head
    _write(block, order, 8, entries, following=600)
    _write(block, order, 300, [(0x9003, 2, 20, b"2026:11:23 12:00:00\0")])
    if position:
        _write(block, order, 400, [(0, 1, 4, 0x02030000), (1, 2, 2, 0x4E000000), (2, 5, 3, latitude)])
    _write(block, order, 600, [(ORIENTATION, 3, 1, 1)])
    return bytes(block)


def directory(block: bytes, at: int | None = None) -> dict[int, tuple[int, int, int]]:
    """The entries of a directory, the first unless another is named: type, count and value by tag."""
    order = ">" if block[:2] == b"MM" else "<"
    start = struct.unpack_from(f"{order}I", block, 4)[0] if at is None else at
    count = struct.unpack_from(f"{order}H", block, start)[0]
    entries = [struct.unpack_from(f"{order}HHII", block, start + 2 + 12 * place) for place in range(count)]
    assert [entry[0] for entry in entries] == sorted(entry[0] for entry in entries)
    return {tag: (kind, number, value) for tag, kind, number, value in entries}


def following(block: bytes) -> int:
    """Where the second directory is."""
    order = ">" if block[:2] == b"MM" else "<"
    return int(struct.unpack_from(f"{order}I", block, 8 + 2 + 12 * len(directory(block)))[0])


def jpeg(*segments: bytes, behind: bytes = b"") -> bytes:
    """A JPEG file with these segments, and whatever is behind its end."""
    picture = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(range(200)) + b"\xff\xd9"
    return b"\xff\xd8" + b"".join(segments) + picture + behind


def exif_segment(block: bytes) -> bytes:
    """A JPEG's segment of Exif."""
    return b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block


def xmp_segment(packet: bytes = XMP) -> bytes:
    """A JPEG's segment of XMP."""
    name = b"http://ns.adobe.com/xap/1.0/\0"
    return b"\xff\xe1" + struct.pack(">H", len(name) + len(packet) + 2) + name + packet


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG file with these chunks between its header and its picture."""
    header = (b"IHDR", struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0))
    picture = (b"IDAT", zlib.compress(b"\0\xff\0\0"))
    body = b"".join(_chunk(*each) for each in (header, *chunks, picture, (b"IEND", b"")))
    return b"\x89PNG\r\n\x1a\n" + body


def chunks(file: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG file by type; each has the check sum that fits."""
    found, at = {}, 8
    while at < len(file):
        length, kind = struct.unpack_from(">I4s", file, at)
        content = file[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + content) == struct.unpack_from(">I", file, at + 8 + length)[0]
        found[kind] = content
        at += 12 + length
    return found


def webp(*parts: tuple[bytes, bytes]) -> bytes:
    """A WebP file with these chunks."""
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for kind, content in ((b"VP8X", bytes(10)), (b"VP8 ", bytes(31)), *parts)
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heif(
    *metadata: tuple[bytes, bytes], brand: str = "heic", in_idat: bool = False, pieces: int = 1, version: int = 1
) -> bytes:
    """A HEIC or AVIF file with a picture and these items, `Exif` or `mime`, each in as many pieces."""
    items = [(b"hvc1", bytes(range(100))), *metadata]
    ftyp = _box(b"ftyp", brand.encode() + bytes(4) + b"mif1" + brand.encode())
    kinds = b"".join(_box(b"infe", _infe(number, kind)) for number, (kind, _) in enumerate(items, 1))
    iinf = _box(b"iinf", bytes(4) + struct.pack(">H", len(items)) + kinds)
    content = b"".join(content for _, content in items)

    def meta(start: int) -> bytes:
        """The box `meta` where the items begin at `start`."""
        iloc = _box(b"iloc", _iloc([len(each) for _, each in items], start, 1 if in_idat else 0, pieces, version))
        idat = _box(b"idat", content) if in_idat else b""
        return _box(b"meta", bytes(4) + _box(b"hdlr", bytes(24)) + iinf + iloc + idat)

    if in_idat:
        return ftyp + meta(0)
    return ftyp + meta(len(ftyp) + len(meta(0)) + 8) + _box(b"mdat", content)


def _iloc(lengths: list[int], start: int, method: int, pieces: int, version: int) -> bytes:
    wide = ">I" if version == 2 else ">H"
    table = bytes([version, 0, 0, 0, 0x44, 0x00]) + struct.pack(wide, len(lengths))
    for number, length in enumerate(lengths, 1):
        table += struct.pack(wide, number) + (struct.pack(">H", method) if version else b"") + bytes(2)
        sizes = [length // pieces] * (pieces - 1)
        sizes.append(length - sum(sizes))
        table += struct.pack(">H", pieces)
        for size in sizes:
            table += struct.pack(">2I", start, size)
            start += size
    return table


def _infe(number: int, kind: bytes) -> bytes:
    named = b"\0application/rdf+xml\0" if kind == b"mime" else b"\0"
    return bytes([2, 0, 0, 0]) + struct.pack(">2H", number, 0) + kind + named


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _write(block: bytearray, order: str, at: int, entries: Sequence[Entry], following: int = 0) -> None:
    behind = at + 2 + 12 * len(entries) + 4
    struct.pack_into(f"{order}H", block, at, len(entries))
    for place, (tag, kind, count, value) in enumerate(sorted(entries, key=lambda entry: entry[0])):
        number: Any = value
        if isinstance(value, bytes):
            block[behind : behind + len(value)] = value
            number, behind = behind, behind + len(value)
        elif kind == 3:
            number = value << 16 if order == ">" else value
        struct.pack_into(f"{order}HHII", block, at + 2 + 12 * place, tag, kind, count, number)
    struct.pack_into(f"{order}I", block, at + 2 + 12 * len(entries), following)
