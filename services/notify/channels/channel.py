"""What every channel offers: it sends mail, and gives the outcome of each attempt."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol


class DeliveryResult(StrEnum):
    """How an attempt to deliver went."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    SKIPPED = "skipped"

    @property
    def may_be_retried(self) -> bool:
        """Whether a later attempt may succeed."""
        return self is DeliveryResult.TEMPORARY

    @property
    def was_attempted(self) -> bool:
        """Whether there was an attempt; a notification without an address is skipped."""
        return self is not DeliveryResult.SKIPPED


@dataclass(frozen=True)
class Outcome:
    """The result of an attempt; `code` is the reason, without personal data."""

    result: DeliveryResult
    code: str


DELIVERED = Outcome(DeliveryResult.DELIVERED, "ok")
Send = Callable[[EmailMessage], Outcome]


class Channel(Protocol):
    """A way to send mail."""

    @property
    def name(self) -> str:
        """The channel's name in events, deliveries and metrics."""

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Give a function that sends mail, to be used for one batch."""
