"""Where the bytes of files are: a folder, in which what nothing has claimed yet is apart.

A file lies in `incoming/` from its upload until something (a submission, an action) claims it, and in `kept/` from
then on. It is on the disk, not only in the machine's memory, before the client gets the answer that we have it.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from uuid import UUID

CHUNK = 256 * 1024
MB = 1_000_000


class Source(Protocol):
    """Something that bytes can be read from, a piece at a time."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""


Examine = Callable[[IO[bytes]], bool]  # whether it has changed the file


INCOMPLETE = ".part"


class TooLarge(Exception):
    """The file is larger than it may be."""


@dataclass(frozen=True)
class Stored:
    """How many bytes were stored, and their SHA-256 in hex."""

    size: int
    sha256: str


class Storage:
    """A folder with files."""

    def __init__(self, folder: Path) -> None:
        self._incoming, self._kept = folder / "incoming", folder / "kept"
        self._incoming.mkdir(exist_ok=True)
        self._kept.mkdir(exist_ok=True)

    def receive(self, file_id: UUID, head: bytes, source: Source, limit: int, examine: Examine) -> Stored:
        """Store `head` and what follows it in the source; TooLarge, and nothing stored, beyond `limit` bytes.

        `examine` gets the whole file before it counts. What it raises leaves nothing stored.
        """
        unready = self._incoming / f"{file_id}{INCOMPLETE}"
        try:
            with unready.open("x+b") as out:
                stored = _copied(_pieces(head, source), out, limit)
                if examine(out):
                    stored = _read_through(out)
                _to_disk(out)
            unready.rename(self._incoming / str(file_id))
        finally:
            unready.unlink(missing_ok=True)
        _sync(self._incoming)
        return stored

    def keep(self, file_id: UUID) -> None:
        """Move a file to those that are claimed; FileNotFoundError when there is no such file."""
        target = self._place(file_id)
        if target.exists():
            return
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            _sync(self._kept)
        (self._incoming / str(file_id)).rename(target)
        _sync(target.parent)

    def open(self, file_id: UUID) -> BinaryIO:
        """A claimed file, to read; FileNotFoundError when there is no such file."""
        return self._place(file_id).open("rb")

    def has(self, file_id: UUID) -> bool:
        """Whether there is such a file, claimed or not."""
        return (self._incoming / str(file_id)).exists() or self._place(file_id).exists()

    def delete(self, file_id: UUID) -> None:
        """Delete a file, claimed or not, if it is there."""
        for path in (self._incoming / str(file_id), self._place(file_id)):
            path.unlink(missing_ok=True)

    def sweep(self, before: datetime, *, whole_before: datetime) -> None:
        """Delete what is incomplete since before then, and whole files that nothing claimed since long before."""
        for path in self._incoming.iterdir():
            limit = before if path.suffix == INCOMPLETE else whole_before
            with suppress(FileNotFoundError):  # claimed, or whole and renamed, since the folder was read
                if path.stat().st_mtime < limit.timestamp():
                    path.unlink()

    def check(self) -> None:
        """Raise when nothing can be written."""
        with self.scratch() as file:
            file.write(b".")

    def scratch(self) -> IO[bytes]:
        """A nameless file on this disk for what is under way."""
        return tempfile.TemporaryFile(dir=self._incoming)

    def _place(self, file_id: UUID) -> Path:
        return self._kept / file_id.hex[:2] / str(file_id)


def _pieces(head: bytes, source: Source) -> Iterator[bytes]:
    yield head
    while piece := source.read(CHUNK):
        yield piece


def _copied(pieces: Iterator[bytes], out: IO[bytes], limit: int) -> Stored:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooLarge
        digest.update(piece)
        out.write(piece)
    return Stored(size, digest.hexdigest())


def _read_through(file: IO[bytes]) -> Stored:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        size += len(piece)
        digest.update(piece)
    return Stored(size, digest.hexdigest())


def _to_disk(out: IO[bytes]) -> None:
    out.flush()
    os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    """Write the folder's entries to the disk: before that, a rename may be lost when the machine stops."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
