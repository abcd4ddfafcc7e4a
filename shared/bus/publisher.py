"""Publishing in batches: many messages out, then one wait until the broker has confirmed them all."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from kombu import Producer

from shared.bus.topology import connect, declare, is_amqp
from shared.events.envelope import CONTENT_TYPE

CONFIRM_TIMEOUT = 30.0


class NotConfirmed(Exception):
    """The broker refused a message, or did not confirm it in time; whether it has it is not known."""


@dataclass(frozen=True)
class Outgoing:
    """One message; its headers carry no more than the event's id."""

    exchange: str
    routing_key: str
    message_id: str
    body: bytes


class Publisher:
    """One connection and channel to the broker. Not for use by two threads at once."""

    def __init__(self, url: str) -> None:
        """Take the broker's URL; nothing is opened before `with`."""
        self._connection = connect(url)
        self._unconfirmed: set[int] = set()
        self._refused = False
        self._last_tag = 0

    def __enter__(self) -> Self:
        """Connect, and declare exchanges and queues."""
        self._connection.connect()
        declare(self._connection)
        channel = self._connection.channel()
        self._producer = Producer(channel, auto_declare=False)
        self._confirms = is_amqp(self._connection)
        if self._confirms:
            channel.confirm_select()
            channel.events["basic_ack"].add(self._acknowledged)
            channel.events["basic_nack"].add(self._rejected)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Disconnect."""
        self._connection.release()

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Return when the broker has all of them on disk; NotConfirmed or a connection error otherwise."""
        for message in messages:
            self._last_tag += 1
            if self._confirms:
                self._unconfirmed.add(self._last_tag)
            self._producer.publish(
                message.body,
                exchange=message.exchange,
                routing_key=message.routing_key,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                message_id=message.message_id,
                delivery_mode=2,
            )
        self._wait_until_confirmed()

    def stay_alive(self) -> None:
        """Exchange heartbeats; call it about every second while there is nothing to publish."""
        if self._connection.supports_heartbeats:
            self._connection.heartbeat_check()
            self._drain(timeout=0.001)

    def _wait_until_confirmed(self) -> None:
        give_up_at = time.monotonic() + CONFIRM_TIMEOUT
        while self._unconfirmed and not self._refused:
            left = give_up_at - time.monotonic()
            if left <= 0:
                raise NotConfirmed(f"{len(self._unconfirmed)} messages were not confirmed in time")
            self._drain(timeout=left)
        if self._refused:
            raise NotConfirmed("the broker refused a message")

    def _drain(self, timeout: float) -> None:
        try:
            self._connection.drain_events(timeout=timeout)
        except TimeoutError:
            return

    def _acknowledged(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {one for one in self._unconfirmed if one > tag}
        else:
            self._unconfirmed.discard(tag)

    def _rejected(self, *_: object) -> None:
        self._refused = True
