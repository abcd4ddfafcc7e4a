"""A worker as a process of its own, for tests: it says what its loops do in the files of a folder.

Its arguments: the folder, then the seconds after which a loop that has not turned makes it not ready, and ends it.
"""

import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from shared.bus import supervisor, worker
from shared.bus.supervisor import Every, Loop

FOLDER = Path(sys.argv[1])


@dataclass(frozen=True)
class Settings:
    """Of a worker without a broker."""

    database_url: str
    broker_url: str
    metrics_host: str
    metrics_port: int


def log_and_fail() -> None:
    """Turn, log, and fail as nothing but an exit does."""
    note("failing")
    structlog.get_logger().info("failing")
    raise SystemExit


def log_and_go_on() -> None:
    """Turn and log."""
    structlog.get_logger().info("calm")
    note("calm")


@dataclass(frozen=True)
class Hanging:
    """A loop that hangs once the file `hang` is there, and does not stop."""

    name: str = "hanging"

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            note("hanging")
            while (FOLDER / "hang").exists():
                note("hung")
                time.sleep(0.01)
            stop.wait(0.02)


def note(name: str) -> None:
    """Count a turn."""
    with (FOLDER / name).open("a") as file:
        file.write(".")


def loops(_: Settings) -> list[Loop]:
    """What it runs."""
    return [Every("failing", 0.02, log_and_fail), Every("calm", 0.02, log_and_go_on), Hanging()]


if __name__ == "__main__":
    supervisor.RESTART_WAITS = (0.02,)
    supervisor.WATCH_SECONDS = 0.1
    supervisor.NOT_READY_SECONDS, supervisor.END_SECONDS = map(float, sys.argv[2:4])
    worker.GRACE_SECONDS = 1.0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (FOLDER / "port").write_text(str(port))
    worker.run_worker("tested", Settings(f"sqlite:///{FOLDER}/store.sqlite", "memory://", "127.0.0.1", port), loops)
