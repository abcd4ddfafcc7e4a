"""The supervisor: each loop on a thread, started again whatever ends it, and watched for whether it still turns.

A loop turns each time that it looks whether it is to stop. One that has not turned for NOT_READY_SECONDS makes its
process not ready; one that has neither turned nor failed for END_SECONDS hangs, and its process ends, to be started
anew by what runs it (compose, systemd, Kubernetes, gunicorn).
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import structlog
from prometheus_client import Counter, Gauge

from shared.database import is_outage

RESTART_WAITS = (0.2, 0.5, 1, 2, 5)
CALM_SECONDS = 30

# Longer than any wait for a peer within a turn (docs/operations.md, Time limits).
NOT_READY_SECONDS = 60.0
END_SECONDS = 180.0
WATCH_SECONDS = 5.0
TURN_SECONDS = 5.0  # of a loop that waits

# EX_TEMPFAIL of sysexits.h: not one of those after which gunicorn gives up (3 and 4).
ENDED_ITSELF = 75

log = structlog.get_logger()

RESTARTS = Counter("worker_loop_restarts", "Loops that failed and were started again.", ["loop"])
TURNED = Gauge("worker_loop_turned_timestamp_seconds", "When the loop last turned.", ["loop"])


class Loop(Protocol):
    """Something that runs until it is stopped, or raises, to be run again."""

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set, and look at that at every turn."""


@runtime_checkable
class Checked(Protocol):
    """A loop that may turn without being able to do its work."""

    def check(self) -> None:
        """Raise when it has not been able to for too long."""


@dataclass(frozen=True)
class Every:
    """A loop that does one thing at intervals, which may take as long as these."""

    name: str
    seconds: float
    action: Callable[[], object]

    def run(self, stop: threading.Event) -> None:
        """Do it, wait, and so on."""
        while not stop.is_set():
            self.action()
            stop.wait(self.seconds)


@dataclass(frozen=True)
class EveryInSteps:
    """A loop that does many things at intervals, and looks after each whether it is to stop, however many there are."""

    name: str
    seconds: float
    steps: Callable[[], Iterable[object]]

    def run(self, stop: threading.Event) -> None:
        """Do what there is to do, wait, and so on."""
        while not stop.is_set():
            for _ in self.steps():
                if stop.is_set():
                    return
            stop.wait(self.seconds)


def each_apart(actions: Iterable[Callable[[], object]]) -> Iterator[None]:
    """Do each; one that fails keeps no other waiting. Raises what failed last, at the end; an outage at once."""
    failed: Exception | None = None
    for action in actions:
        try:
            action()
        except Exception as error:
            if is_outage(error):
                raise
            failed = error
        yield
    if failed:
        raise failed


class LoopNotTurning(Exception):
    """A loop has not turned for too long; a note names it."""


class _Turns(threading.Event):
    """The `stop` of one loop, which notes each look at it as a turn. It is set when the worker's own is."""

    def __init__(self, loop: Loop, stop: threading.Event) -> None:
        super().__init__()
        self._stop = stop
        self._patience = loop.seconds if isinstance(loop, Every) else 0
        self._turned = TURNED.labels(loop.name)
        self._turn()

    def is_set(self) -> bool:
        """Whether the loop is to stop."""
        self._turn()
        return self._stop.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the loop is to stop, for so many seconds at most. A loop that waits turns."""
        until = float("inf") if timeout is None else time.monotonic() + timeout
        while not self.is_set() and (left := until - time.monotonic()) > 0:
            self._stop.wait(min(left, TURN_SECONDS))
        return self._stop.is_set()

    def failed(self) -> None:
        """Note that the loop has ended, and so does not hang."""
        self._lives_at = time.monotonic()

    def late(self) -> bool:
        """Whether the loop has not turned for too long to be ready."""
        return time.monotonic() - self._turned_at > NOT_READY_SECONDS + self._patience

    def hangs(self) -> bool:
        """Whether the loop has neither turned nor failed for too long."""
        return time.monotonic() - self._lives_at > END_SECONDS + self._patience

    def _turn(self) -> None:
        self._turned_at = self._lives_at = time.monotonic()
        self._turned.set_to_current_time()


class Supervisor:
    """Runs loops. `stop` is set to end them, by whoever made it."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._loops: Sequence[Loop] = ()
        self._turns: dict[str, _Turns] = {}
        self._threads: list[threading.Thread] = []

    def start(self, loops: Sequence[Loop]) -> list[threading.Thread]:
        """Run each loop on a thread of its own, none of which keeps the process alive, and watch them."""
        self._loops = loops
        self._turns = {loop.name: _Turns(loop, self._stop) for loop in loops}
        self._threads = [
            threading.Thread(target=self._run, args=(loop,), name=loop.name, daemon=True) for loop in loops
        ]
        for thread in (*self._threads, threading.Thread(target=self._watch, name="supervisor", daemon=True)):
            thread.start()
        return self._threads

    def join(self, seconds: float) -> list[str]:
        """Wait until the loops have ended, for so many seconds in all; the names of those that have not."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(timeout=max(0, until - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def check(self) -> None:
        """Raise LoopNotTurning when a loop has not turned for too long, or what one that cannot do its work raises."""
        if late := [name for name, turns in self._turns.items() if turns.late()]:
            error = LoopNotTurning()
            error.add_note(", ".join(late))
            raise error
        for loop in self._loops:
            if isinstance(loop, Checked):
                loop.check()

    def _run(self, loop: Loop) -> None:
        """Run the loop again and again. Nothing that it raises ends the thread: a thread has no exit of its own."""
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                loop.run(self._turns[loop.name])
            except BaseException as error:
                failures = 1 if time.monotonic() - began > CALM_SECONDS else failures + 1
                self._report(loop, error)
                self._stop.wait(RESTART_WAITS[min(failures, len(RESTART_WAITS)) - 1])

    def _report(self, loop: Loop, error: BaseException) -> None:
        self._turns[loop.name].failed()
        with suppress(Exception):
            RESTARTS.labels(loop.name).inc()
            log.error("loop_failed", loop=loop.name, exc_info=error)

    def _watch(self) -> None:
        """End the process when a loop hangs at two looks: a process that was stopped has only just gone on at one."""
        before: set[str] = set()
        while not self._stop.wait(WATCH_SECONDS):
            hanging = {name for name, turns in self._turns.items() if turns.hangs()}
            if hanging & before:
                end_process("loops_hang", loops=sorted(hanging))
            before = hanging


def end_process(event: str, **values: object) -> None:
    """End the process at once, whatever its threads do, after a line in the log: what hangs may be the log itself."""
    line = threading.Thread(target=log.critical, args=(event,), kwargs=values, daemon=True)
    line.start()
    line.join(timeout=2)
    os._exit(ENDED_ITSELF)
