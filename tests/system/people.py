"""Those who use an installation, each over HTTP as in life: a citizen who submits, an officer who handles."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from bench.installation import Installation

Seen = TypeVar("Seen")
SLUG = "alvdalen"
PATIENCE_SECONDS = 20.0
LOOK_SECONDS, LOOKS_AT_MOST = 0.05, 1 / 4  # between two looks, and the share of the time that they may take


def eventually(look: Callable[[], Seen], *, within: float = PATIENCE_SECONDS) -> Seen:
    """What the look gives, as soon as it neither fails nor gives False or something empty; its last fault if never."""
    give_up_at = time.monotonic() + within
    while True:
        began = time.monotonic()
        try:
            seen = look()
            assert seen is None or seen, f"it never came: {seen!r}"
        except (AssertionError, LookupError, httpx.TransportError):
            if time.monotonic() > give_up_at:
                raise
        else:
            return seen
        time.sleep(max(LOOK_SECONDS, (time.monotonic() - began) * (1 / LOOKS_AT_MOST - 1)))


@dataclass
class Citizen:
    """Somebody at home with a browser or an app of their own."""

    installation: Installation
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, follow_redirects=True))

    def submit(self, submission: dict[str, Any], *, key: str | None = None, slug: str = SLUG) -> httpx.Response:
        """Send a submission through the API."""
        return self.client.post(
            self.api(slug, "submissions"), json=submission, headers={"Idempotency-Key": key or str(uuid4())}
        )

    def status(self, reference: str, *, slug: str = SLUG) -> dict[str, Any]:
        """Where the submission stands, as the API shows its owner."""
        return self.client.get(self.api(slug, f"submissions/{reference}")).raise_for_status().json()

    def page(self, path: str) -> httpx.Response:
        """A page, as a browser gets it."""
        return self.client.get(self.installation.url(path), headers={"Accept-Language": "sv"})

    def api(self, slug: str, path: str) -> str:
        """The address of something in the API of a municipality's e-services."""
        return self.installation.url(f"/intake/api/v1/municipalities/{slug}/{path}")


@dataclass
class Officer:
    """A case officer, signed in."""

    installation: Installation
    subject: str = "anna.andersson"
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Sign in."""
        token = self.installation.token(self.subject)
        self.client = httpx.Client(timeout=30, headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str, **query: Any) -> Any:
        """Read something of routing's API."""
        return self.client.get(self._api(path), params=query).raise_for_status().json()

    def perform(self, case: dict[str, Any], resource: str, **body: Any) -> httpx.Response:
        """Do something with a case, as it was last read."""
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{case["version"]}"'}
        return self.client.post(self._api(f"cases/{case['id']}/{resource}"), json=body, headers=headers)

    def send(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        """Send something to routing's API."""
        return self.client.post(self._api(path), json=body, headers=headers)

    def case(self, number: str) -> dict[str, Any]:
        """The case with the number, looked for in all of the officer's queues; LookupError when it is in none."""
        for queue in self.get("queues")["items"]:
            for listed in self.get(f"queues/{queue['code']}/cases", number=number)["items"]:
                return self.get(f"cases/{listed['id']}")
        raise LookupError(number)

    def _api(self, path: str) -> str:
        return self.installation.url(f"/routing/api/v1/{path}")
