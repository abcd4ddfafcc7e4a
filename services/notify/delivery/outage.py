"""Outages of a channel: while its server cannot be reached nothing is taken from the queue; a probe finds the end."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from prometheus_client import Gauge

from services.notify.channels.channel import DeliveryResult, Outcome
from services.notify.delivery.ledger import ATTEMPTS

PROBE_EVERY = timedelta(seconds=15)

# Why a mail may wait for its next attempt though only the server was to blame.
CAUSES = ("connection", "421")

REACHABLE = Gauge(
    "notify_channel_reachable", "Whether the channel takes mail: 1, or 0 during an outage of its server.", ["channel"]
)

log = structlog.get_logger()


class Outage:
    """Whether a channel is out, as far as this process knows: from the first failure until a probe succeeds."""

    def __init__(self, channel: str) -> None:
        """Take the channel's name; no outage is known."""
        self._channel = channel
        self._probe_at: datetime | None = None
        REACHABLE.labels(channel).set(1)

    @property
    def is_on(self) -> bool:
        """Whether the server could not be reached when it was tried last."""
        return self._probe_at is not None

    def began(self, outcome: Outcome, *, at: datetime) -> None:
        """Note that the server could not be reached, whether it is for the first time or not."""
        if not self.is_on:
            log.warning("channel_unreachable", channel=self._channel, code=outcome.code)
        self._probe_at = at + PROBE_EVERY
        REACHABLE.labels(self._channel).set(0)
        ATTEMPTS.labels(self._channel, outcome.result, outcome.code).inc()

    def is_over(self, probe: Callable[[], Outcome], *, at: datetime) -> bool:
        """Whether the server is back: it is probed where the last time is not a moment ago."""
        if self._probe_at and at < self._probe_at:
            return False
        outcome = probe()
        if outcome.result is DeliveryResult.UNREACHABLE:
            self.began(outcome, at=at)
            return False
        self._probe_at = None
        REACHABLE.labels(self._channel).set(1)
        log.info("channel_reachable", channel=self._channel)
        return True
