"""Pictures from which it is removed where they were taken: no byte of the picture itself changes."""

import random
import struct
import zlib
from pathlib import Path

import pytest

from shared.files.position.blocks import PictureUnreadable
from shared.files.position.pictures import remove_position
from tests.pictures import (
    BRANDS,
    LATITUDE,
    ORIENTATION,
    POSITION,
    XMP,
    chunks,
    directory,
    exif_segment,
    heif,
    jpeg,
    png,
    tiff,
    webp,
    xmp_segment,
)

EXIF_ITEM = struct.pack(">I", 6) + b"Exif\0\0" + tiff()
BARE_EXIF_ITEM = struct.pack(">I", 0) + tiff()
PICTURES = {
    "jpeg": ("image/jpeg", jpeg(exif_segment(tiff()))),
    "jpeg of Intel's": ("image/jpeg", jpeg(exif_segment(tiff("<")))),
    "jpeg with xmp": ("image/jpeg", jpeg(xmp_segment())),
    "jpeg behind a jpeg": ("image/jpeg", jpeg(behind=jpeg(exif_segment(tiff())))),
    "png": ("image/png", png((b"eXIf", tiff()))),
    "png with xmp": ("image/png", png((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP))),
    "webp": ("image/webp", webp((b"EXIF", tiff("<")))),
    "webp with a prefix": ("image/webp", webp((b"EXIF", b"Exif\0\0" + tiff()))),
    "webp with xmp": ("image/webp", webp((b"XMP ", XMP))),
    "heic": ("image/heif", heif((b"Exif", EXIF_ITEM))),
    "heic with xmp": ("image/heif", heif((b"mime", XMP), (b"Exif", EXIF_ITEM))),
    "heic with Exif among its boxes": ("image/heif", heif((b"Exif", EXIF_ITEM), in_idat=True)),
    "heic in pieces": ("image/heif", heif((b"Exif", EXIF_ITEM), pieces=3)),
    "heic of old": ("image/heif", heif((b"Exif", EXIF_ITEM), version=0)),
    "heic of many": ("image/heif", heif((b"Exif", EXIF_ITEM), version=2)),
    "avif": ("image/avif", heif((b"Exif", BARE_EXIF_ITEM), brand="avif")),
}


@pytest.fixture
def stored(tmp_path):
    """Whether the position was removed from a picture in a file, and what the file holds then."""

    def store(content, media_type):
        path = Path(tmp_path, "picture")
        path.write_bytes(content)
        with path.open("r+b") as file:
            removed = remove_position(file, media_type)
        return removed, path.read_bytes()

    return store


@pytest.mark.parametrize(("media_type", "picture"), PICTURES.values(), ids=PICTURES)
def test_the_position_is_gone_and_the_file_as_long_as_it_was(stored, media_type, picture):
    removed, content = stored(picture, media_type)

    assert removed
    assert len(content) == len(picture)
    assert LATITUDE[:24] not in content
    assert struct.pack("<I", 1234) not in content
    assert b"61,14" not in content
    assert bytes(range(100)) in content or media_type in ("image/png", "image/webp")
    assert stored(content, media_type) == (False, content)


def test_a_picture_keeps_how_it_is_turned(stored):
    picture = jpeg(exif_segment(tiff()))

    content = stored(picture, "image/jpeg")[1]

    block = content[12:712]
    assert directory(block)[ORIENTATION] == directory(tiff())[ORIENTATION]
    assert POSITION not in directory(block)
    assert content[712:] == picture[712:]


def test_the_check_sums_of_a_png_fit_again(stored):
    content = stored(png((b"eXIf", tiff()), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)), "image/png")[1]

    found = chunks(content)
    assert POSITION not in directory(found[b"eXIf"])
    assert b"GPS" not in found[b"iTXt"]
    assert zlib.decompress(found[b"IDAT"]) == b"\0\xff\0\0"


@pytest.mark.parametrize(
    "chunk",
    [
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(tiff().hex().encode())),
        (b"tEXt", b"Raw profile type APP1\0" + tiff().hex().encode()),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)),
        (b"eXIf", tiff() + bytes(1_000_000)),
    ],
    ids=["packed profile", "profile", "packed XMP", "huge"],
)
def test_what_cannot_be_read_without_unpacking_becomes_a_chunk_of_no_meaning(stored, chunk):
    removed, content = stored(png(chunk), "image/png")

    assert removed
    assert chunks(content)[b"paDd"] == bytes(len(chunk[1]))


@pytest.mark.parametrize(
    ("picture", "media_type"),
    [
        (jpeg(exif_segment(tiff(position=False))), "image/jpeg"),
        (jpeg(), "image/jpeg"),
        (png((b"tEXt", b"Software\0GPSLatitude")), "image/png"),
        (webp(), "image/webp"),
        (heif(), "image/heif"),
        (jpeg(exif_segment(tiff())), "application/pdf"),
    ],
    ids=["jpeg", "bare jpeg", "png", "webp", "heic", "pdf"],
)
def test_what_has_no_position_stays_as_it_is(stored, picture, media_type):
    assert stored(picture, media_type) == (False, picture)


@pytest.mark.parametrize("brand", BRANDS)
def test_each_cousin_of_heic_is_read(stored, brand):
    assert stored(heif((b"Exif", EXIF_ITEM), brand=brand), "image/heif")[0]


@pytest.mark.parametrize(("media_type", "picture"), PICTURES.values(), ids=PICTURES)
def test_a_picture_that_is_cut_off_anywhere_is_no_error(stored, media_type, picture):
    for length in range(1, len(picture), 37):
        assert len(stored(picture[:length], media_type)[1]) == length


@pytest.mark.parametrize(("media_type", "picture"), PICTURES.values(), ids=PICTURES)
def test_bytes_by_chance_are_no_error(stored, media_type, picture):
    chance = random.Random(7)
    for _ in range(40):
        forged = bytearray(picture)
        for _ in range(chance.randrange(1, 20)):
            forged[chance.randrange(len(forged))] = chance.randrange(256)
        try:
            assert len(stored(bytes(forged), media_type)[1]) >= len(picture)
        except PictureUnreadable:
            continue


@pytest.mark.parametrize(
    ("picture", "media_type"),
    [
        (jpeg(*[exif_segment(b"")] * 101), "image/jpeg"),
        (png(*[(b"tEXt", b"")] * 100_001), "image/png"),
        (webp(*[(b"ALPH", b"")] * 100_001), "image/webp"),
        (heif(*[(b"Exif", b"")] * 101), "image/heif"),
        (heif((b"Exif", bytes(1_000_001))), "image/heif"),
        (heif() + struct.pack(">I4s", 8, b"free") * 10_001, "image/heif"),
        (heif(*[(b"hvc1", b"")] * 3_000, pieces=7), "image/heif"),
    ],
    ids=["segments", "chunks", "parts", "items", "large item", "boxes", "pieces"],
)
def test_more_parts_than_any_picture_has_are_not_read(stored, picture, media_type):
    with pytest.raises(PictureUnreadable):
        stored(picture, media_type)


def test_a_block_larger_than_any_camera_writes_is_overwritten(stored):
    content = stored(webp((b"EXIF", tiff() + bytes(1_000_000))), "image/webp")[1]

    assert LATITUDE not in content
