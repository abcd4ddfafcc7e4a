"""The virus scanner: ClamAV's clamd, which gets each file over TCP or a Unix socket before it is accepted.

Its protocol, INSTREAM, is in clamd(8): pieces with their sizes, the last of them empty, and one line as the answer.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import IO
from urllib.parse import urlsplit

import structlog
from prometheus_client import Counter

from shared.files.storage import CHUNK

DEFAULT_PORT = 3310
MOST_ANSWERED = 1_000  # bytes
AWAY_SECONDS = 5.0  # for which a scanner that did not answer is not asked again, so that one form waits for it once

log = structlog.get_logger()

SCANNED = Counter("files_scanned", "Files that the virus scanner was asked about, by result.", ["result"])


class Infected(Exception):
    """The scanner found something in the file, which it calls `signature`."""

    def __init__(self, signature: str) -> None:
        super().__init__(signature)
        self.signature = signature


class ScannerAway(Exception):
    """The scanner did not answer in time about the file."""


@dataclass(frozen=True)
class Address:
    """Where the scanner is: a host and port, or the path of a Unix socket."""

    host: str = ""
    port: int = DEFAULT_PORT
    path: str = ""

    def connect(self, seconds: float) -> socket.socket:
        """A connection. Raises OSError."""
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout=seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(self.path)
        except OSError:
            connection.close()
            raise
        return connection


def address(raw: str) -> Address:
    """The scanner's address as a setting has it. Raises ValueError."""
    parts = urlsplit(raw)
    if parts.scheme == "tcp" and parts.hostname and not parts.path.strip("/"):
        return Address(parts.hostname, parts.port or DEFAULT_PORT)
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return Address(path=parts.path)
    raise ValueError("must be tcp://host:3310 or unix:/path")


class VirusScanner:
    """A scanner that answers about each file within so many seconds. `time` is a clock that only goes forward."""

    def __init__(self, where: Address, seconds: float, time: Callable[[], float] = monotonic) -> None:
        self._where, self._seconds, self._time = where, seconds, time
        self._away_until = 0.0

    def check(self, file: IO[bytes]) -> None:
        """Raise Infected where the scanner finds something, ScannerAway where it does not answer; both are counted."""
        if self._time() < self._away_until:
            SCANNED.labels("away").inc()
            raise ScannerAway
        try:
            answer = self._response(file)
        except OSError as error:
            self._away_until = self._time() + AWAY_SECONDS
            SCANNED.labels("away").inc()
            log.warning("virus_scanner_away", error=type(error).__name__)
            raise ScannerAway from error
        if answer == "stream: OK":
            SCANNED.labels("clean").inc()
        elif answer.endswith(" FOUND"):
            SCANNED.labels("infected").inc()
            raise Infected(answer.removeprefix("stream: ").removesuffix(" FOUND"))
        else:
            SCANNED.labels("error").inc()
            log.error("virus_scanner_error", answer=answer[:200])
            raise ScannerAway

    def _response(self, file: IO[bytes]) -> str:
        until = self._time() + self._seconds
        with self._where.connect(self._seconds) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):  # it has answered already: the file is too large
                self._send(connection, file, until)
            return self._answer(connection, until)

    def _send(self, connection: socket.socket, file: IO[bytes], until: float) -> None:
        connection.sendall(b"zINSTREAM\0")
        file.seek(0)
        while piece := file.read(CHUNK):
            self._wait_until(until, connection)
            connection.sendall(len(piece).to_bytes(4, "big") + piece)
        connection.sendall(bytes(4))

    def _answer(self, connection: socket.socket, until: float) -> str:
        answer = b""
        while b"\0" not in answer and len(answer) < MOST_ANSWERED:
            self._wait_until(until, connection)
            piece = connection.recv(MOST_ANSWERED)
            if not piece:
                raise ConnectionError
            answer += piece
        return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()

    def _wait_until(self, until: float, connection: socket.socket) -> None:
        left = until - self._time()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
