"""Registers outside Ärende that forms are prefilled from, asked over HTTP as docs/registers.md has it.

A register is asked at the address that the settings have for it, and nowhere else. A form never waits for it for longer
than two seconds, and goes on without it.
"""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from time import monotonic
from typing import Any

import httpx
import orjson
import structlog
from prometheus_client import Counter

from shared.settings import url

WITHIN_SECONDS = 2.0
AWAY_SECONDS = 10.0  # for which a register that did not answer is not asked again
MOST_BYTES = 64_000
MOST_AT_ONCE = 8  # look-ups of one process in one register

log = structlog.get_logger()

LOOKED_UP = Counter("intake_lookups", "Look-ups in registers outside, by register and result.", ["register", "result"])


class RegisterAway(Exception):
    """The register did not answer in time, or not as it should."""


class _NoResponse(Exception):
    """What came is not a response of a register; the message is why, without anything of what came."""


@dataclass(frozen=True)
class Found:
    """What a register knows: facts by name, none where it does not know the key, and the day that they hold for."""

    facts: Mapping[str, Any]
    as_of: date


class Registers:
    """The registers by name, each with its address. `time` is a clock that only goes forward."""

    def __init__(self, addresses: Mapping[str, str], time: Callable[[], float] = monotonic) -> None:
        self._addresses, self._time = addresses, time
        self._threads = {name: ThreadPoolExecutor(MOST_AT_ONCE, f"register {name}") for name in addresses}
        self._away_until: dict[str, float] = {}

    def __contains__(self, name: str) -> bool:
        """Whether the settings have a register of this name."""
        return name in self._addresses

    def look_up(self, register: str, municipality: str, key: str) -> Found:
        """What the register knows about the key in the municipality. Raises RegisterAway."""
        if self._time() < self._away_until.get(register, 0.0):
            LOOKED_UP.labels(register, "away").inc()
            raise RegisterAway
        try:
            found = self._in_time(register, municipality, key)
        except (httpx.HTTPError, TimeoutError) as error:
            self._away_until[register] = self._time() + AWAY_SECONDS
            LOOKED_UP.labels(register, "away").inc()
            log.warning("register_away", register=register, error=type(error).__name__)
            raise RegisterAway from error
        except _NoResponse as error:
            LOOKED_UP.labels(register, "error").inc()
            log.error("register_error", register=register, error=str(error))
            raise RegisterAway from error
        LOOKED_UP.labels(register, "found" if found.facts else "unknown").inc()
        return found

    def _in_time(self, register: str, municipality: str, key: str) -> Found:
        """Asked in another thread, as no time limit of HTTP bounds what comes drop by drop. Raises TimeoutError."""
        future = self._threads[register].submit(self._ask, register, municipality, key)
        try:
            return future.result(WITHIN_SECONDS)
        finally:
            future.cancel()

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=WITHIN_SECONDS, headers={"Accept-Encoding": "identity"})

    def _ask(self, register: str, municipality: str, key: str) -> Found:
        asked = {"register": register, "municipality": municipality, "key": key}
        body, until = b"", self._time() + WITHIN_SECONDS
        with self._client.stream("POST", f"{self._addresses[register]}/look-ups", json=asked) as response:
            if response.status_code >= 500:
                response.raise_for_status()
            if response.status_code != 200:
                raise _NoResponse(f"status {response.status_code}")
            for piece in response.iter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    raise _NoResponse(f"more than {MOST_BYTES} bytes")
                if self._time() > until:
                    raise TimeoutError
        return _read(body)


def addresses(raw: str) -> Mapping[str, str]:
    """The registers as a setting has them, `property=https://registers.example.se, …`. Raises ValueError."""
    found: dict[str, str] = {}
    for each in filter(None, (part.strip() for part in raw.split(","))):
        name, equals, address = each.partition("=")
        if not equals or name in found:
            raise ValueError("must be name=address, with commas between, each name once")
        if not re.fullmatch("[a-z][a-z0-9_]{0,39}", name):
            raise ValueError("a name has lower-case letters a-z, digits and _")
        if {"?", "#"} & set(address):
            raise ValueError("an address has no query and no fragment")
        found[name] = url("http", "https")(address)
    return found


def _read(body: bytes) -> Found:
    try:
        response = orjson.loads(body)
        facts, as_of = response["facts"], date.fromisoformat(response["as_of"])
    except (ValueError, KeyError, TypeError) as error:
        raise _NoResponse("no JSON with facts and as_of") from error
    if not isinstance(facts, dict):
        raise _NoResponse("facts is no object")
    return Found(facts, as_of)
