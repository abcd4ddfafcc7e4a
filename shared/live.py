"""What files give, taken up while the process runs: read anew where they have changed, without a restart.

A look is taken when the value is asked for, once a second at most: it compares names, times and sizes, and opens
nothing. It needs no thread, so each process that was forked has its own looks; and a process that was idle knows what
has changed before it answers. Whatever goes wrong with a look, what was good before serves on.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from prometheus_client import Gauge

from shared.settings import BadSetting
from shared.yaml_files import FileError

LOOK_SECONDS = 1.0

# A file that changed less than this ago may still be written to.
SETTLE_SECONDS = 0.5

log = structlog.get_logger()

DEFINITION_ERRORS = Gauge(
    "definition_errors",
    "Errors in definition and organisation files as they are now; what was good before serves on. By service.",
    ["service"],
    multiprocess_mode="livemax",
)

Value = TypeVar("Value")

# When a file's content changed, when anything about it did (also who may read it), and its size in bytes.
Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Reading(Generic[Value]):
    """What files give, and the errors of those refused: in their place the value has what was good before."""

    value: Value
    errors: Sequence[FileError] = ()


Read = Callable[[Value | None], Reading[Value]]


class _OfThread(threading.local):
    kept: object = None


class Live(Generic[Value]):
    """What `read` makes of the files in `folders`. It is given the value that served before, None at the start.

    Raises what `read` raises at the start, and BadSetting where a folder cannot be read. Later neither stops anything.
    """

    def __init__(self, service: str, folders: Sequence[Path], read: Read[Value]) -> None:
        self._service, self._folders, self._read = service, folders, read
        self._looking = threading.Lock()
        self._of_thread = _OfThread()
        try:
            self._taken = self._seen = stamps(folders)
        except OSError as error:
            raise BadSetting(f"{error.filename} cannot be read ({error.strerror})") from error
        first = read(None)
        self._value, self._errors = first.value, len(first.errors)
        self._failure: str | None = None
        self._next_look = time.monotonic() + LOOK_SECONDS
        _report(first.errors)

    @property
    def current(self) -> Value:
        """What there is now; while a thread keeps a value, that one."""
        kept = self._of_thread.kept
        if kept is not None:
            return kept  # type: ignore[return-value]
        if time.monotonic() >= self._next_look:
            self.look()
        return self._value

    @property
    def latest(self) -> Value:
        """What there was at the last look, without one: for a worker, where a loop looks and no transaction waits."""
        return self._value

    def keep(self) -> None:
        """Until `release` this thread gets what there is now: a request ends with the definitions it began with."""
        self.release()
        self._of_thread.kept = self.current

    def release(self, *_: object) -> None:
        """The thread gets what there is again."""
        self._of_thread.kept = None

    def look(self) -> None:
        """Take up what has changed. Where another thread does so already, leave it to that one."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._take_up()
            self._failure = None
        except Exception as error:
            self._report_failure(error)
        finally:
            with suppress(Exception):
                DEFINITION_ERRORS.labels(self._service).set(self._errors + (self._failure is not None))
            self._next_look = time.monotonic() + LOOK_SECONDS
            self._looking.release()

    def _take_up(self) -> None:
        now = stamps(self._folders)
        is_settled, self._seen = self._is_settled(now), now
        if now == self._taken or not is_settled:
            return
        reading = self._read(self._value)
        self._value, self._errors, self._taken = reading.value, len(reading.errors), now
        _report(reading.errors)
        log.info("files_taken_up", service=self._service, errors=self._errors)

    def _is_settled(self, now: Mapping[str, Stamp]) -> bool:
        """Whether nobody seems to be writing. A file that is gone may be about to come back, so it takes two looks."""
        if now == self._seen:
            return True
        newest = max((changed for _, changed, _ in now.values()), default=0)
        return now.keys() >= self._taken.keys() and time.time_ns() - newest > SETTLE_SECONDS * 1e9

    def _report_failure(self, error: Exception) -> None:
        """A failure that lasts has one line, not one for each look."""
        failure = f"{type(error).__name__}: {error}"
        if failure != self._failure:
            log.error("files_not_taken_up", service=self._service, error=failure)
        self._failure = failure


@dataclass(frozen=True)
class KeptFile(Generic[Value]):
    """A file as it was when it had the stamp: the last good value, None where it never was good, and its errors now."""

    stamp: Stamp | None
    value: Value | None
    errors: Sequence[FileError]


class KeptFiles(Generic[Value]):
    """Files that are read again and again, of which only those that have changed are.

    `read` gets the file and its last good value, and gives the value and the errors that it is refused for.
    """

    def __init__(self, read: Callable[[Path, Value | None], tuple[Value | None, Sequence[FileError]]]) -> None:
        self._read = read
        self._files: dict[Path, KeptFile[Value]] = {}

    def read(self, files: Sequence[Path], *, anew: bool = False) -> Mapping[Path, KeptFile[Value]]:
        """Each file as it is now. `anew`: read all, as what they are checked by has changed."""
        self._files = {file: self._one(file, self._files.get(file), anew) for file in files}
        return self._files

    def _one(self, file: Path, last: KeptFile[Value] | None, anew: bool) -> KeptFile[Value]:
        good = last.value if last else None
        try:
            now = stamp(file)
        except OSError as error:
            return KeptFile(None, good, [FileError(file, 1, f"cannot be read ({error.strerror})")])
        if last and last.stamp == now and not anew:
            return last
        value, errors = self._read(file, good)
        return KeptFile(now, good if errors or value == good else value, errors)


def stamps(folders: Sequence[Path]) -> dict[str, Stamp]:
    """The stamp of every file in the folders, but for hidden ones. OSError where a folder cannot be read."""
    found: dict[str, Stamp] = {}
    waiting = [os.fspath(folder) for folder in folders]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    found[entry.path] = stamp(entry)
    return found


def stamp(file: Path | os.DirEntry[str]) -> Stamp:
    """What changes when the file does; of a link, that of the file it leads to. OSError where there is none."""
    about = file.stat()
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size


def _report(errors: Sequence[FileError]) -> None:
    for error in errors:
        log.error("definition_rejected", file=str(error.file), line=error.line, error=error.message)
