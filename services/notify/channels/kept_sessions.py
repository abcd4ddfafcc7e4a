"""Sessions of a channel that are kept from batch to batch, and closed when they were idle for long."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from services.notify.channels.channel import Channel, ChannelSession


class KeptSessions:
    """As many sessions as are used at once. The one used last is used next, so that in calm times the others close."""

    def __init__(self, channel: Channel, *, idle_seconds: float) -> None:
        """Take the channel, and for how long a session that is not used is kept."""
        self._channel = channel
        self._idle_seconds = idle_seconds
        self._kept: list[tuple[ChannelSession, float]] = []
        self._lent: list[ChannelSession] = []
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[ChannelSession]:
        """Lend a session to this thread alone."""
        with self._lock:
            session = self._kept.pop()[0] if self._kept else self._channel.session()
            self._lent.append(session)
        try:
            yield session
        finally:
            with self._lock:
                self._lent.remove(session)
                self._kept.append((session, time.monotonic()))

    def close_idle(self) -> None:
        """Close those that were not used for long."""
        self._close(used_before=time.monotonic() - self._idle_seconds)

    def close(self) -> None:
        """Close all that are not lent."""
        self._close(used_before=time.monotonic())

    def abort(self) -> None:
        """End what those that are lent wait for."""
        with self._lock:
            for session in self._lent:
                session.abort()

    def _close(self, used_before: float) -> None:
        with self._lock:
            idle = [session for session, used_at in self._kept if used_at <= used_before]
            self._kept = [each for each in self._kept if each[1] > used_before]
        for session in idle:
            session.close()
