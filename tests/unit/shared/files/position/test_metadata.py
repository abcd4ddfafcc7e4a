"""Exif and XMP without where the picture was taken: the rest stays, and nothing that strangers write does harm."""

import random
import struct

import pytest

from shared.files.position.metadata import exif_without_position, xmp_without_position
from tests.pictures import (
    CAMERA,
    EXIF,
    LATITUDE,
    MAKE,
    ORIENTATION,
    POSITION,
    PRINTING,
    XMP,
    directory,
    following,
    tiff,
)

orders = pytest.mark.parametrize("order", [">", "<"], ids=["Motorola's", "Intel's"])


def forged(at, form, *values):
    """An Exif block with other numbers somewhere."""
    block = bytearray(tiff())
    struct.pack_into(form, block, at, *values)
    return bytes(block)


POINTER = 8 + 2 + 12 * 3  # of the entry that leads to the position: it is the fourth


@orders
def test_the_position_is_gone_and_the_rest_is_as_it_was(order):
    block = tiff(order)

    cleaned = exif_without_position(block)

    assert len(cleaned) == len(block)
    entries = directory(block)
    del entries[POSITION]
    assert directory(cleaned) == entries
    assert entries.keys() == {MAKE, ORIENTATION, EXIF, PRINTING}
    assert cleaned[400:500] == bytes(100)
    assert struct.pack(f"{order}I", 1234) not in cleaned
    assert CAMERA in cleaned
    assert b"2026:11:23" in cleaned
    assert directory(cleaned, following(cleaned)) == directory(block, 600)


@orders
def test_what_has_no_position_is_left_alone(order):
    assert exif_without_position(tiff(order, position=False)) is None
    assert exif_without_position(exif_without_position(tiff(order))) is None


def test_a_position_that_only_the_thumbnail_names_is_found():
    block = bytearray(tiff(position=False))
    struct.pack_into(">HHHII", block, 600, 1, POSITION, 4, 1, 640)
    struct.pack_into(">HHHII", block, 640, 1, 2, 5, 3, 660)
    block[660:684] = LATITUDE

    cleaned = exif_without_position(bytes(block))

    assert directory(cleaned, 600) == {}
    assert LATITUDE not in cleaned


@pytest.mark.parametrize("content", [b"", b"MM", b"MM\0*\0\0", b"JFIF" + bytes(100), b"\0" * 20])
def test_what_is_no_exif_is_left_alone(content):
    assert exif_without_position(content) is None


def test_a_block_that_is_cut_off_keeps_no_position_that_a_reader_could_find():
    for length in range(0, 700, 7):
        block = tiff()[:length]

        cleaned = exif_without_position(block)

        left = block if cleaned is None else cleaned
        assert len(left) == length
        if length >= POINTER + 12:
            assert POSITION not in directory(left + bytes(700 - length))


@pytest.mark.parametrize(
    "block",
    [
        forged(4, ">I", 0xFFFFFFFF),
        forged(4, ">I", 698),
        forged(8 + 2 + 12 * 5, ">I", 8),
        forged(300, ">HHHII", 1, EXIF, 4, 1, 300),
        forged(POINTER, ">HHII", POSITION, 4, 1, 0xFFFFFFF0),
        forged(POINTER, ">HHII", POSITION, 4, 1, 8),
        forged(400 + 2 + 24, ">HHII", 2, 5, 0xFFFFFFFF, 8),
        forged(400 + 2 + 24, ">HHII", 2, 5, 0xFFFFFFFF, 0xFFFFFFFF),
    ],
    ids=[
        "begins outside",
        "begins at the end",
        "follows itself",
        "contains itself",
        "position outside",
        "position is the directory itself",
        "values of all",
        "values outside",
    ],
)
def test_numbers_that_lead_astray_are_followed_nowhere(block):
    cleaned = exif_without_position(block)

    assert cleaned is None or len(cleaned) == len(block)


@pytest.mark.parametrize("block", [forged(8, ">H", 0xFFFF), forged(400, ">H", 0xFFFF)], ids=["directory", "position"])
def test_a_directory_larger_than_the_block_is_read_as_far_as_it_goes(block):
    assert len(exif_without_position(block)) == len(block)


def test_what_no_camera_writes_is_overwritten_whole():
    large = b"MM\0*" + struct.pack(">IH", 8, 2_000) + bytes(12 * 2_000)
    chain = b"MM\0*" + struct.pack(">I", 8) + b"".join(struct.pack(">HI", 0, 8 + 6 * n) for n in range(1, 30))

    assert exif_without_position(large) == bytes(len(large))
    assert exif_without_position(chain) == bytes(len(chain))


def test_bytes_by_chance_are_never_too_much():
    chance = random.Random(7)
    for _ in range(500):
        block = bytearray(tiff())
        for _ in range(chance.randrange(1, 30)):
            block[chance.randrange(4, 700)] = chance.randrange(256)
        cleaned = exif_without_position(bytes(block))
        assert cleaned is None or len(cleaned) == 700


def test_xmp_loses_the_position_and_nothing_else():
    cleaned = xmp_without_position(XMP)

    assert len(cleaned) == len(XMP)
    assert b"GPS" not in cleaned
    assert b"61,14" not in cleaned
    assert b"14,2.3E" not in cleaned
    assert b'xmp:Rating="5"' in cleaned
    assert b"<dc:title>Bron</dc:title>" in cleaned


@pytest.mark.parametrize(
    "position",
    [
        b"exif:GPSLatitude='61,14N'",
        b'drone-dji:GpsLatitude = "+61.2345"',
        b"<exif:GPSLatitude\n>61,14N</exif:GPSLatitude >",
    ],
)
def test_xmp_may_be_written_in_several_ways(position):
    cleaned = xmp_without_position(b"<a " + position + b">")

    assert cleaned == b"<a " + b" " * len(position) + b">"


def test_xmp_without_a_position_is_left_alone():
    assert xmp_without_position(b'<a xmp:Rating="5" note="GPS off">') is None
