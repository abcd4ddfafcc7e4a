"""kombu's transport in memory, with what the bus needs of a broker besides.

Its consumers wait for a message to come instead of looking for one all the time. What has waited in a queue for longer
than the queue's `x-message-ttl` is put in the queue that is named for it, or is dropped where none is.
"""

import threading
from dataclasses import dataclass
from queue import Empty
from time import monotonic
from typing import Any

from kombu.transport import memory

EXPIRED = "expired"  # a broker's word for what was late


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


@dataclass(frozen=True)
class _Life:
    """For how many seconds a message waits in a queue, and in which queue it waits then."""

    seconds: float
    then: str | None


_lives: dict[str, _Life] = {}


class Channel(memory.Channel):  # type: ignore[misc]
    """A channel that makes what it puts known to all transports of the process."""

    def _new_queue(self, queue: str, **named: Any) -> None:
        super()._new_queue(queue, **named)
        arguments = named.get("arguments") or {}
        if "x-message-ttl" in arguments:
            then = arguments.get("x-dead-letter-routing-key")
            _lives[queue] = _Life(arguments["x-message-ttl"] / 1000, then)

    def _put(self, queue: str, message: Any, **named: Any) -> None:
        message["properties"]["put_at"] = monotonic()
        super()._put(queue, message, **named)
        _arrivals.add()

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        self._end_lives(queue)
        return super()._get(queue, timeout)

    def _size(self, queue: str) -> int:
        for each in tuple(_lives):
            self._end_lives(each)
        return int(super()._size(queue))

    def _end_lives(self, queue: str) -> None:
        """Take out of the queue what has waited in it for too long; the first has waited for the longest."""
        life = _lives.get(queue)
        while life and (late := self._taken_if_late(queue, life)):
            late["headers"]["x-first-death-reason"] = EXPIRED
            if life.then:
                self._put(life.then, late)

    def _taken_if_late(self, queue: str, life: _Life) -> Any:
        waiting = self._queue_for(queue)
        with waiting.mutex:
            if waiting.queue and waiting.queue[0]["properties"]["put_at"] < monotonic() - life.seconds:
                return waiting.queue.popleft()
        return None

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
