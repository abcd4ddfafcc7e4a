"""Submissions that flow from several citizens at once, each sent until it is accepted, whatever is killed meanwhile.

They come thick while a test waits for more of them, which is when it then kills something, and sparsely otherwise.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from bench.installation import Installation
from tests.system.people import Citizen, eventually
from tests.system.submissions import a_fault_report

Composer = Callable[[Citizen], dict[str, Any]]

CITIZENS = 6
CALM_SECONDS = 1.5


class Flow:
    """While it is open, submissions are sent; when it closes, each of them has been accepted.

    `compose` is how a citizen makes a submission, uploads included; `calm` is after how many seconds they send the next
    while no test waits for more.
    """

    def __init__(
        self,
        installation: Installation,
        compose: Composer = lambda _: a_fault_report(),
        *,
        calm: float = CALM_SECONDS,
    ) -> None:
        self.references: list[str] = []
        self.keys: list[str] = []
        self.server_errors: list[str] = []
        self._installation, self._compose, self._calm = installation, compose, calm
        self._stop, self._brisk = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(CITIZENS)]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Let each citizen finish what they are sending."""
        self._stop.set()
        self._brisk.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        """Return when so many more have been accepted, and others follow close."""
        enough = len(self.references) + more
        self._brisk.set()
        eventually(lambda: len(self.references) >= enough, within=90)
        self._brisk.clear()

    def _send(self) -> None:
        citizen = Citizen(self._installation, httpx.Client(timeout=5))
        while not self._stop.is_set():
            key = str(uuid4())
            self.keys.append(key)
            self._send_one(citizen, key)
            self._brisk.wait(self._calm)

    def _send_one(self, citizen: Citizen, key: str) -> None:
        submission = self._compose(citizen)
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            try:
                answer = citizen.submit(submission, key=key)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.is_success:
                self.references.append(answer.json()["reference"])
                return
            self.server_errors.append(answer.text)
            time.sleep(0.1)
