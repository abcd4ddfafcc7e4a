"""What strangers may do within an hour: how much from one client, to one recipient, to one e-service, and in all."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address
from math import ceil

from prometheus_client import Counter
from sqlalchemy import Engine

from services.intake.limits import allowances
from services.intake.limits.allowances import WINDOW
from shared.networks import Networks, subscriber
from shared.recipients import recipient

Address = IPv4Address | IPv6Address


class Limit(StrEnum):
    """What is limited; the name in the metric."""

    CLIENT = "client"
    RECIPIENT = "recipient"
    ESERVICE = "eservice"
    CLIENT_BYTES = "client_bytes"
    ALL_BYTES = "all_bytes"
    GUESSES = "guesses"
    DRAFTS = "drafts"
    TEXT_BYTES = "text_bytes"
    LOOKUPS = "lookups"


class LimitReached(Exception):
    """One of the limits is reached; there is room again after so many seconds."""

    def __init__(self, limit: Limit, retry_after: int) -> None:
        super().__init__(str(limit))
        self.limit = limit
        self.retry_after = retry_after


@dataclass(frozen=True)
class Rules:
    """The most of each kind in an hour, and whom the limits do not hold: a municipality's own networks and mail."""

    most: Mapping[Limit, int]
    exempt_networks: Networks
    exempt_domains: Sequence[str]


@dataclass(frozen=True)
class Client:
    """Who sends: the client's address, and whether they have waited as they were to, which doubles the limits."""

    address: Address | None
    has_waited: bool = False


@dataclass(frozen=True)
class _Use:
    limit: Limit
    subject: str
    amount: int = 1


REACHED = Counter("intake_limits_reached", "Requests rejected for a limit, by limit.", ["limit"])
GUESSED = Counter("intake_references_guessed", "References, links and codes that do not exist, tried.")


class Limits:
    """The limits, counted in intake's store. What is counted is known by keyed hashes: nobody is named in it."""

    def __init__(self, engine: Engine, key: str, rules: Rules) -> None:
        self._engine, self._key, self._rules = engine, key.encode(), rules

    def submission(self, client: Client, eservice: str, recipients: Sequence[str], now: datetime) -> None:
        """Count a submission or a supplement that is about to be stored. Raises LimitReached, and counts nothing."""
        uses = [_Use(Limit.CLIENT, _subscriber(client.address)), _Use(Limit.ESERVICE, eservice)]
        uses += [_Use(Limit.RECIPIENT, recipient(each)) for each in recipients if not self._is_exempt_mail(each)]
        self._use(client, uses, now)

    def draft(self, client: Client, now: datetime) -> None:
        """Count a draft that is about to be begun. Raises LimitReached."""
        self._use(client, [_Use(Limit.DRAFTS, _subscriber(client.address))], now)

    def text(self, client: Client, size: int, now: datetime) -> None:
        """Count the bytes of a long text that is about to be kept. Raises LimitReached."""
        self._use(client, [_Use(Limit.TEXT_BYTES, _subscriber(client.address), size)], now)

    def reminder(self, client: Client, address: str, now: datetime) -> None:
        """Count an address that somebody wants reminders sent to. Raises LimitReached."""
        uses = [_Use(Limit.CLIENT, _subscriber(client.address))]
        uses += [_Use(Limit.RECIPIENT, recipient(address))] if not self._is_exempt_mail(address) else []
        self._use(client, uses, now)

    def look_up(self, client: Client, now: datetime) -> None:
        """Count a look-up in a register that is about to be made. Raises LimitReached."""
        self._use(client, [_Use(Limit.LOOKUPS, _subscriber(client.address))], now)

    def upload(self, client: Client, size: int, now: datetime) -> None:
        """Count bytes that are about to be received. Raises LimitReached."""
        uses = [_Use(Limit.CLIENT_BYTES, _subscriber(client.address), size), _Use(Limit.ALL_BYTES, "", size)]
        self._use(client, uses, now)

    def guess(self, client: Client, now: datetime) -> None:
        """Count that somebody named what does not exist."""
        GUESSED.inc()
        if not self._is_exempt(client):
            allowances.use(self._engine, self._shares(self._guess(client)), now.timestamp())

    def check_guesses(self, client: Client, now: datetime) -> None:
        """Raise LimitReached for a client who has named too much that does not exist, whatever it names now."""
        if self._is_exempt(client):
            return
        if waits := allowances.waits(self._engine, self._shares(self._guess(client)), now.timestamp()):
            raise self._reached(Limit.GUESSES, waits)

    def _guess(self, client: Client) -> Sequence[_Use]:
        return [_Use(Limit.GUESSES, _subscriber(client.address))]

    def _use(self, client: Client, uses: Sequence[_Use], now: datetime) -> None:
        if self._is_exempt(client):
            return
        shares, at = self._shares(uses), now.timestamp()
        if allowances.use(self._engine, shares, at):
            return
        waits = allowances.waits(self._engine, shares, at)
        if client.has_waited:
            again = {f"{key}.waited" if key in waits else key: share for key, share in shares.items()}
            if allowances.use(self._engine, again, at):
                return
            waits = allowances.waits(self._engine, again, at)
        raise self._reached(self._limit_of(waits), waits)

    def _reached(self, limit: Limit, waits: Mapping[str, float]) -> LimitReached:
        REACHED.labels(limit).inc()
        return LimitReached(limit, ceil(max(waits.values(), default=0)) or 1)

    def _limit_of(self, waits: Mapping[str, float]) -> Limit:
        """That which has to be waited for the longest; any, where there is room again since it was rejected."""
        return Limit(max(waits, key=lambda key: waits[key]).partition(".")[0]) if waits else Limit.CLIENT

    def _shares(self, uses: Sequence[_Use]) -> dict[str, float]:
        """The seconds of the window that each use takes, by the key that it is counted under."""
        return {self._hashed(use): use.amount * WINDOW / self._rules.most[use.limit] for use in uses}

    def _hashed(self, use: _Use) -> str:
        return f"{use.limit}.{hmac.new(self._key, f'{use.limit} {use.subject}'.encode(), sha256).hexdigest()[:32]}"

    def _is_exempt(self, client: Client) -> bool:
        return client.address is not None and client.address in self._rules.exempt_networks

    def _is_exempt_mail(self, address: str) -> bool:
        return recipient(address).rpartition("@")[2] in self._rules.exempt_domains


def _subscriber(address: Address | None) -> str:
    return subscriber(address) if address else ""
