"""Parts of a picture's file, and what is to be written over them."""

from collections.abc import Callable, Iterator
from mmap import mmap

MOST_BLOCK = 1_000_000  # bytes of Exif or XMP that are read: cameras write 64 kB at most

Buffer = mmap | bytes
Edit = tuple[int, bytes]


class PictureUnreadable(Exception):
    """The file has more parts than any picture."""


def edited(picture: Buffer, start: int, end: int, clean: Callable[[bytes], bytes | None]) -> Iterator[Edit]:
    """What is to be written over a block so that it is clean; over all of it where it is larger than any camera's."""
    end = min(end, len(picture))
    if end - start > MOST_BLOCK:
        yield start, bytes(end - start)
    elif (cleaned := clean(picture[start:end])) is not None:
        yield start, cleaned
