"""What every channel offers: sessions that send mail, and the outcome of each attempt."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.notify.channels.mail import Mail


class DeliveryResult(StrEnum):
    """How an attempt to deliver went.

    UNREACHABLE: the server takes no mail at all, so that nothing was attempted, and nothing is wrong with the mail.
    POSTPONED: nothing was attempted, because the address has got too much mail lately.
    """

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    SKIPPED = "skipped"
    UNREACHABLE = "unreachable"
    POSTPONED = "postponed"

    @property
    def was_attempted(self) -> bool:
        """Whether the mail itself was given to the channel; one without an address is skipped."""
        return self in (DeliveryResult.DELIVERED, DeliveryResult.TEMPORARY, DeliveryResult.PERMANENT)


@dataclass(frozen=True)
class Outcome:
    """The result of an attempt; `code` is the reason, without personal data."""

    result: DeliveryResult
    code: str


DELIVERED = Outcome(DeliveryResult.DELIVERED, "ok")


class ChannelSession(Protocol):
    """A connection of a channel, opened at the first mail and kept for the next. Not for use by two threads at once."""

    def send(self, mail: Mail) -> Outcome:
        """Send one mail."""

    def probe(self) -> Outcome:
        """Whether the channel takes mail now: DELIVERED, or UNREACHABLE with the reason."""

    def close(self) -> None:
        """Close the connection, if there is one."""

    def abort(self) -> None:
        """End what another thread waits for in `send`, and connect no more: the process ends."""


class Channel(Protocol):
    """A way to send mail."""

    @property
    def name(self) -> str:
        """The channel's name in events, deliveries and metrics."""

    def session(self) -> ChannelSession:
        """A new session, not yet connected."""
