"""Publishing in batches: many messages out, then one wait until the broker has confirmed or refused each of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import TracebackType
from typing import Any, Self

import structlog
from amqp import spec

from shared.bus.topology import connect, declare, is_amqp
from shared.events.envelope import CONTENT_TYPE

# The relay's transaction is open for as long.
CONFIRM_TIMEOUT = 10.0

# How many messages go out between two looks at what the broker answers.
WRITTEN_AT_ONCE = 100

# Seconds. Not 0: the library reads on without a pause when the rest of a frame does not come.
AT_ONCE = 0.0005

log = structlog.get_logger()


class NotConfirmed(Exception):
    """The broker answered for none of the messages in time; whether it has them is not known."""


@dataclass(frozen=True)
class Outgoing:
    """One message; its headers carry no more than the event's id."""

    exchange: str
    routing_key: str
    message_id: str
    body: bytes


class Publisher:
    """One connection and channel to the broker. Not for use by two threads at once.

    `blocked`: the broker takes no messages now, as it lacks memory or disk.
    """

    blocked: bool = False

    def __init__(self, url: str) -> None:
        """Take the broker's URL; nothing is opened before `with`."""
        self._connection = connect(url)
        self._unanswered: dict[int, Outgoing] = {}
        self._confirmed: set[str] = set()
        self._last_tag = 0

    def __enter__(self) -> Self:
        """Connect, and declare exchanges and queues."""
        opened = self._connection.connect()
        declare(self._connection)
        self._channel: Any = self._connection.channel()
        self._confirms = is_amqp(self._connection)
        if self._confirms:
            opened.on_blocked, opened.on_unblocked = self._on_blocked, self._on_unblocked
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_confirmed)
            self._channel.events["basic_nack"].add(self._on_nack)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Disconnect."""
        self._connection.release()

    def publish(self, messages: Sequence[Outgoing]) -> set[str]:
        """The ids of the messages that the broker has on disk. It has refused the others, or was blocked.

        Raises NotConfirmed when it answered for none of them in time, or a connection error.
        """
        if not self._confirms:
            for message in messages:
                self._channel.basic_publish(
                    self._prepared(message), exchange=message.exchange, routing_key=message.routing_key
                )
            return {message.message_id for message in messages}
        self._unanswered.clear()
        self._confirmed = set()
        for first in range(0, len(messages), WRITTEN_AT_ONCE):
            for message in messages[first : first + WRITTEN_AT_ONCE]:
                self._write(message)
            self._take_answers()
            if self.blocked:
                return self._confirmed
        self._wait_for_answers(len(messages))
        return self._confirmed

    def stay_alive(self) -> None:
        """Exchange heartbeats, and see whether the broker is blocked; call it about every second between batches."""
        if self._connection.supports_heartbeats:
            self._connection.heartbeat_check()
            self._drain(timeout=0.001)

    def _write(self, message: Outgoing) -> None:
        """The channel's own `basic_publish` first looks whether the broker is blocked: half of what it costs."""
        self._last_tag += 1
        self._unanswered[self._last_tag] = message
        to = (0, message.exchange, message.routing_key, False, False)
        self._channel.send_method(spec.Basic.Publish, "Bssbb", to, self._prepared(message))

    def _prepared(self, message: Outgoing) -> Any:
        properties = {"message_id": message.message_id, "delivery_mode": 2}
        return self._channel.prepare_message(
            message.body, content_type=CONTENT_TYPE, content_encoding="utf-8", properties=properties
        )

    def _wait_for_answers(self, sent: int) -> None:
        give_up_at = time.monotonic() + CONFIRM_TIMEOUT
        while self._unanswered and not self.blocked:
            left = give_up_at - time.monotonic()
            if left <= 0:
                break
            self._drain(timeout=left)
        if len(self._unanswered) == sent and not self.blocked:
            raise NotConfirmed(f"none of {sent} messages was confirmed in time")

    def _take_answers(self) -> None:
        """Take all that the broker has answered already."""
        while self._drain(timeout=AT_ONCE):
            pass

    def _drain(self, timeout: float) -> bool:
        """Take the next answer; False when none comes in time (seconds)."""
        try:
            self._connection.drain_events(timeout=timeout)
        except TimeoutError:
            return False
        return True

    def _on_confirmed(self, tag: int, multiple: bool) -> None:
        self._confirmed.update(message.message_id for message in self._answered(tag, multiple))

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._answered(tag, multiple)

    def _answered(self, tag: int, multiple: bool) -> list[Outgoing]:
        """The messages that an answer is about. One that came too late is about none."""
        tags = list(takewhile(lambda one: one <= tag, self._unanswered)) if multiple else [tag]
        return [self._unanswered.pop(one) for one in tags if one in self._unanswered]

    def _on_blocked(self, *_: object) -> None:
        self.blocked = True
        log.warning("broker_blocked")

    def _on_unblocked(self, *_: object) -> None:
        self.blocked = False
        log.info("broker_unblocked")
