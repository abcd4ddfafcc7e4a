"""A proxy of TCP connections that can stop forwarding, as a frozen peer or network does: nothing is closed."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class FreezingProxy:
    """Its `port` leads to an address until it is frozen. Connections that are opened after `thaw` work again."""

    host: str
    target_port: int
    port: int = 0
    _frozen: set[socket.socket] = field(default_factory=set)
    _peers: dict[socket.socket, socket.socket] = field(default_factory=dict)
    _freezes: bool = False

    def freeze(self) -> None:
        """Forward nothing more, and answer no new connection."""
        self._freezes = True

    def thaw(self) -> None:
        """Serve new connections; those that were frozen stay so."""
        self._frozen |= set(self._peers)
        self._freezes = False

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Forward, on a thread."""
        with socket.create_server(("127.0.0.1", 0)) as server, selectors.DefaultSelector() as selector:
            self.port = server.getsockname()[1]
            selector.register(server, selectors.EVENT_READ)
            over = threading.Event()
            thread = threading.Thread(target=self._forward, args=(server, selector, over))
            thread.start()
            try:
                yield
            finally:
                over.set()
                thread.join()
                for each in self._peers:
                    each.close()

    def _forward(self, server: socket.socket, selector: selectors.BaseSelector, over: threading.Event) -> None:
        while not over.is_set():
            for key, _ in selector.select(timeout=0.05):
                if self._freezes:
                    over.wait(0.05)
                elif key.fileobj is server:
                    self._accept(server, selector)
                elif key.fileobj in self._frozen:
                    selector.unregister(key.fileobj)
                else:
                    self._pass_on(key.fileobj, selector)

    def _accept(self, server: socket.socket, selector: selectors.BaseSelector) -> None:
        ours = server.accept()[0]
        try:
            theirs = socket.create_connection((self.host, self.target_port))
        except OSError:  # nobody is there
            ours.close()
            return
        self._peers |= {ours: theirs, theirs: ours}
        for each in (ours, theirs):
            selector.register(each, selectors.EVENT_READ)

    def _pass_on(self, source: socket.socket, selector: selectors.BaseSelector) -> None:
        try:
            data = source.recv(65536)
            self._peers[source].sendall(data)
        except OSError:
            data = b""
        if not data:
            for each in (source, self._peers[source]):
                if each.fileno() >= 0 and each in selector.get_map():
                    selector.unregister(each)
                each.close()
