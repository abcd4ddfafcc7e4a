"""A virus scanner that speaks clamd's protocol, INSTREAM, over TCP or a Unix socket; it finds EICAR's test file."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Scanner:
    """One that takes streams of at most so many bytes, and is silent where it is told to be."""

    address: str
    most: int = 10_000_000
    is_silent: bool = False
    scanned: list[bytes] = field(default_factory=list)

    def answer(self, connection: socket.socket) -> None:
        """Read one stream, and answer."""
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(stream.read(4), "big"):
                content += stream.read(size)
                if len(content) > self.most:
                    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.scanned.append(content)
            if self.is_silent:
                stream.read(1)  # until the other end gives up
                return
            connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


@contextmanager
def scanning(path: str | None = None) -> Iterator[Scanner]:
    """A scanner that runs, at a Unix socket where a path is given."""
    if path:
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen()
        scanner = Scanner(f"unix:{path}")
    else:
        server = socket.create_server(("127.0.0.1", 0))
        scanner = Scanner(f"tcp://127.0.0.1:{server.getsockname()[1]}")

    def serve() -> None:
        """Answer until the server is shut down."""
        while True:
            try:
                connection = server.accept()[0]
            except OSError:
                return
            scanner.answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield scanner
    server.shutdown(socket.SHUT_RDWR)
    thread.join()
    server.close()
