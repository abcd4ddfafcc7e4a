"""Files received one at a time: named, known by their content, examined, and on the disk before they count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import IO
from uuid import UUID

import structlog

from shared.files import packaged_documents
from shared.files.file_types import HEAD, KINDS, SUFFIXES, kinds_that_begin_so, media_type, names
from shared.files.position.blocks import PictureUnreadable
from shared.files.position.pictures import remove_position
from shared.files.storage import MB, Source, Storage, TooLarge
from shared.files.virus_scanner import Infected, ScannerAway, VirusScanner
from shared.i18n.errors import ErrorMessage, Value
from shared.text import TextTooLong, TooManyMarks, normalized

MAX_NAME = 120
MAX_PATH = 1_000  # what some browsers call a file

_UNFIT_FOR_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')

log = structlog.get_logger()


@dataclass(frozen=True)
class Accepted:
    """What files may be: of which kinds (`pdf`, `jpeg` …), and of how many megabytes each.

    Where a picture was taken is removed from it unless they `keep_position`.
    """

    kinds: Sequence[str]
    max_megabytes: int
    keep_position: bool = False


@dataclass(frozen=True)
class ReceivedFile:
    """A file in storage: `name` has a suffix of its kind, `size` is in bytes, `sha256` in hex.

    `position_removed`: it came with the place where it was taken, which is removed.
    """

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    position_removed: bool


class FileNotReceived(Exception):
    """A file cannot be received: `status` as in HTTP, and the error."""

    def __init__(self, status: int, code: str, text: str, **values: Value) -> None:
        super().__init__(code)
        self.status = status
        self.error = ErrorMessage(code, text, values)


def receive(
    file_id: UUID, name: str, source: Source, accepted: Accepted, *, storage: Storage, scanner: VirusScanner | None
) -> ReceivedFile:
    """Receive a file that its sender calls `name`. Raises FileNotReceived; then nothing of it is stored."""
    name = clean_name(name)
    head = _head(source)
    if not head:
        raise FileNotReceived(422, "empty_file", "“%(name)s” is empty.", name=name)
    examination = _Examination(accepted, name, head, scanner)
    try:
        stored = storage.receive(file_id, head, source, accepted.max_megabytes * MB, examination)
    except TooLarge as error:
        raise too_large(name, accepted.max_megabytes) from error
    return ReceivedFile(
        file_id,
        _named_for(name, examination.media_type),
        examination.media_type,
        stored.size,
        stored.sha256,
        examination.position_removed,
    )


def clean_name(name: str) -> str:
    """A file's name without path, control characters and what file systems refuse; at most 120 characters.

    `fil` where nothing is left, and where it is longer than any system's path or no name at all.
    """
    try:
        last = PureWindowsPath(normalized(name, MAX_PATH)).name
    except (TextTooLong, TooManyMarks):
        last = ""
    bare = " ".join(_UNFIT_FOR_NAMES.sub("", last).split()).strip(". ")
    stem, dot, suffix = bare.rpartition(".")
    if not dot or len(suffix) > 10:
        return bare[:MAX_NAME] or "fil"
    return f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}"


def too_large(name: str, max_megabytes: int) -> FileNotReceived:
    """The error of a file that is larger than any may be."""
    return FileNotReceived(
        413,
        "too_large",
        "“%(name)s” is too large. It may be at most %(most)s MB.",
        name=name,
        most=max_megabytes,
    )


def not_scanned(name: str) -> FileNotReceived:
    """The error of a file that the virus scanner has not examined in time."""
    return FileNotReceived(
        503,
        "not_scanned",
        "“%(name)s” was not received: the virus scanner does not answer just now. Attach it again in a while.",
        name=name,
    )


class _Examination:
    """Finds out of what kind a file is, removes from a picture where it was taken, and has the file scanned.

    FileNotReceived, from the head alone or when it is called with the whole file, where it is not accepted.
    """

    def __init__(self, accepted: Accepted, name: str, head: bytes, scanner: VirusScanner | None) -> None:
        self._accepted, self._name, self._head, self._scanner = accepted, name, head, scanner
        self._kinds = kinds_that_begin_so(head, accepted.kinds)
        if not self._kinds:
            raise self._of_no_such_kind()
        self.media_type = ""
        self.position_removed = False

    def __call__(self, file: IO[bytes]) -> bool:
        """Whether the file was changed."""
        self.media_type = media_type(self._kind(file), self._head)
        if not self._accepted.keep_position:
            self._remove_position(file)
        if self._scanner:
            self._scan(self._scanner, file)
        return self.position_removed

    def _kind(self, file: IO[bytes]) -> str:
        if not KINDS[self._kinds[0]].is_archive:
            return self._kinds[0]
        try:
            found = packaged_documents.kind_of(file)
        except packaged_documents.HoldsMacros as error:
            raise _with_macros(self._name) from error
        if found not in self._kinds:
            raise self._of_no_such_kind()
        return str(found)

    def _remove_position(self, file: IO[bytes]) -> None:
        try:
            self.position_removed = remove_position(file, self.media_type)
        except PictureUnreadable as error:
            raise _unreadable(self._name) from error

    def _scan(self, scanner: VirusScanner, file: IO[bytes]) -> None:
        try:
            scanner.check(file)
        except Infected as infected:
            log.warning("file_infected", signature=infected.signature)
            raise _infected(self._name) from infected
        except ScannerAway as error:
            raise not_scanned(self._name) from error

    def _of_no_such_kind(self) -> FileNotReceived:
        return FileNotReceived(
            415,
            "file_type",
            "“%(name)s” is not a file of the kind asked for, whatever its name says. Send %(kinds)s.",
            name=self._name,
            kinds=names(self._accepted.kinds),
        )


def _with_macros(name: str) -> FileNotReceived:
    return FileNotReceived(
        415, "macros", "“%(name)s” has macros, which can do harm. Save it without them and send that.", name=name
    )


def _unreadable(name: str) -> FileNotReceived:
    return FileNotReceived(
        415, "unreadable", "“%(name)s” cannot be read as a picture. Save it anew and send that.", name=name
    )


def _infected(name: str) -> FileNotReceived:
    return FileNotReceived(
        422, "infected", "“%(name)s” was not received: the virus scanner found something harmful in it.", name=name
    )


def _named_for(name: str, media_type: str) -> str:
    """The name with a suffix of its kind: what looks like a PDF must not be opened as a script because of its name."""
    suffixes = SUFFIXES[media_type]
    if name.rpartition(".")[2].lower() in suffixes:
        return name
    return f"{name[: MAX_NAME - len(suffixes[0]) - 1]}.{suffixes[0]}"


def _head(source: Source) -> bytes:
    """The first bytes; a stream may give fewer at a time."""
    head = b""
    while len(head) < HEAD and (piece := source.read(HEAD - len(head))):
        head += piece
    return head
