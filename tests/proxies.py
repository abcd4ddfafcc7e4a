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
    _freezes: threading.Event = field(default_factory=threading.Event)
    _thaws: threading.Event = field(default_factory=threading.Event)
    _closes: threading.Event = field(default_factory=threading.Event)

    def freeze(self) -> None:
        """Forward nothing more, and answer no new connection."""
        self._freezes.set()

    def thaw(self) -> None:
        """Serve new connections; those that were frozen stay so."""
        self._thaws.set()

    def close_frozen(self) -> None:
        """Close what stayed frozen, as keepalives do after some time."""
        self._closes.set()

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
            self._change(selector)
            for key, _ in selector.select(timeout=0.05):
                if self._freezes.is_set():
                    over.wait(0.05)
                elif key.fileobj is server:
                    self._accept(server, selector)
                elif key.fileobj in self._frozen:
                    selector.unregister(key.fileobj)
                elif key.fileobj in self._peers:
                    self._pass_on(key.fileobj, selector)

    def _change(self, selector: selectors.BaseSelector) -> None:
        """Do what other threads have asked for."""
        if self._closes.is_set():
            for each in tuple(self._frozen):
                self._close(each, selector)
            self._closes.clear()
        if self._thaws.is_set():
            self._frozen |= set(self._peers)
            self._thaws.clear()
            self._freezes.clear()

    def _close(self, each: socket.socket, selector: selectors.BaseSelector) -> None:
        if each in selector.get_map():
            selector.unregister(each)
        self._frozen.discard(each)
        self._peers.pop(each, None)
        each.close()

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
                self._close(each, selector)
