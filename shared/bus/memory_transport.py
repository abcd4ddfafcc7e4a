"""kombu's transport in memory, whose consumers wait for a message to come instead of looking for one all the time."""

import threading
from queue import Empty
from time import monotonic
from typing import Any

from kombu.transport import memory


class _Arrivals:
    """Counts what is put into any queue of this process, and wakes those who wait for more."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0

    def add(self) -> None:
        """One more."""
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float | None) -> bool:
        """Wait until there are more than were seen; False when the time is over first."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count != seen, seconds)


_arrivals = _Arrivals()


class Channel(memory.Channel):  # type: ignore[misc]
    """A channel that makes what it puts known to all transports of the process."""

    def _put(self, queue: str, message: Any, **named: Any) -> None:
        super()._put(queue, message, **named)
        _arrivals.add()

    def _put_fanout(self, exchange: str, message: Any, routing_key: str | None = None, **named: Any) -> None:
        super()._put_fanout(exchange, message, routing_key, **named)
        _arrivals.add()


class Transport(memory.Transport):  # type: ignore[misc]
    """A transport that delivers a message as soon as it is put."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver one message. TimeoutError when none comes within so many seconds; None waits without end."""
        until = None if timeout is None else monotonic() + timeout
        while True:
            seen = _arrivals.count
            try:
                self.cycle.get(self._deliver, timeout=timeout)
                return
            except Empty:
                left = None if until is None else until - monotonic()
                if (left is not None and left <= 0) or not _arrivals.wait(seen, left):
                    raise TimeoutError from None
