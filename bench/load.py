"""The load: two processes with keep-alive connections on raw sockets, so that the client is not what is measured."""

import multiprocessing
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PROCESSES = 2
CONNECTIONS = 8  # of each process

Address = tuple[str, int]


class Refused(Exception):
    """The service answered otherwise than it should: then nothing that is measured means anything."""


@dataclass(frozen=True)
class Answer:
    """One answer: seconds since the epoch of when its request was due and when it was complete; its status and body."""

    due: float
    ended: float
    status: int
    body: bytes


def request(method: str, url: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP request; `Idempotency_Key` becomes `Idempotency-Key`."""
    address = urlsplit(url)
    all_headers = {"Host": address.netloc, "Content-Length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in all_headers.items()]
    return f"{method} {address.path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + body


def send(url: str, requests: Sequence[bytes], *, rate: float | None = None) -> list[Answer]:
    """Send them all, as fast as they are answered or at `rate` a second; their answers in the same order.

    At a rate, a request that had to wait for a free connection counts from when it was due. Refused unless all
    answers are 2xx.
    """
    address = address_of(url)
    begin = time.time() + 1.0 if rate else 0.0
    dues = [begin + number / rate if rate else 0.0 for number in range(len(requests))]
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        shares = [
            pool.submit(drive, address, requests[first::PROCESSES], dues[first::PROCESSES])
            for first in range(PROCESSES)
        ]
        answers: list[Answer] = [None] * len(requests)  # type: ignore[list-item]
        for first, share in enumerate(shares):
            answers[first::PROCESSES] = share.result()
    for answer in answers:
        if answer.status // 100 != 2:
            raise Refused(f"{url} answered {answer.status}: {answer.body[:300]!r}")
    return answers


def address_of(url: str) -> Address:
    """Where a URL leads."""
    return urlsplit(url).hostname or "", urlsplit(url).port or 80


def per_second(answers: Sequence[Answer]) -> float:
    """How many were answered a second, from the first one sent to the last one answered."""
    return len(answers) / (max(each.ended for each in answers) - min(each.due for each in answers))


def drive(address: Address, requests: Sequence[bytes], dues: Sequence[float]) -> list[Answer]:
    """Send them from this process, each when it is due; their answers in the same order."""
    with selectors.DefaultSelector() as selector:
        idle = deque(_Connection(address, selector) for _ in range(CONNECTIONS))
        answers: dict[int, Answer] = {}
        sent = 0
        while len(answers) < len(requests):
            while idle and sent < len(requests) and dues[sent] <= time.time():
                idle.popleft().send(sent, dues[sent], requests[sent])
                sent += 1
            pause = max(0.0, dues[sent] - time.time()) if idle and sent < len(requests) else None
            for key, _ in selector.select(pause):
                connection: _Connection = key.data
                if answer := connection.read():
                    answers[connection.number] = answer
                    idle.append(connection)
    return [answers[number] for number in range(len(requests))]


@dataclass
class _Connection:
    """One connection, opened again when the server closes it after an answer."""

    address: Address
    selector: selectors.BaseSelector
    number: int = -1
    _due: float = 0.0
    _read: bytes = b""
    _socket: socket.socket | None = field(default=None)

    def send(self, number: int, due: float, request: bytes) -> None:
        self.number, self._due, self._read = number, due or time.time(), b""
        if self._socket is None:
            self._socket = socket.create_connection(self.address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(self._socket, selectors.EVENT_READ, self)
        self._socket.sendall(request)

    def read(self) -> Answer | None:
        """The answer, once it is complete."""
        assert self._socket
        got = self._socket.recv(65536)
        self._read += got
        head, blank, body = self._read.partition(b"\r\n\r\n")
        headers = head.lower()
        if not got:
            raise Refused(f"the connection was closed in the middle of an answer: {self._read!r}")
        if not blank or len(body) < _length(headers):
            return None
        if b"\r\nconnection: close" in headers:
            self.selector.unregister(self._socket)
            self._socket.close()
            self._socket = None
        return Answer(self._due, time.time(), int(head[9:12]), body)


def _length(headers: bytes) -> int:
    return int(headers.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
