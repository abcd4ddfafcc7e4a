"""What a worker withstands: a log that cannot be written, loops that fail in any way, loops that hang."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from shared.bus.supervisor import ENDED_ITSELF
from tests.bus import eventually

NEVER = 1000.0
FULL = Path("/dev/full")


@contextmanager
def a_worker(
    folder: Path, *, stdout: object, not_ready: float = NEVER, end: float = NEVER
) -> Iterator[subprocess.Popen]:
    """The worker, running, each of its loops for a while."""
    command = [sys.executable, "-m", "tests.store.shared.bus.worker_process", folder, str(not_ready), str(end)]
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL)
    try:
        for loop in ("failing", "calm", "hanging"):
            eventually(lambda loop=loop: turns(folder, loop) > 1)
        yield process
    finally:
        process.kill()
        process.wait()


def turns(folder: Path, loop: str) -> int:
    file = folder / loop
    return file.stat().st_size if file.exists() else 0


def readiness(folder: Path) -> tuple[int, list[str]]:
    port = (folder / "port").read_text()
    try:
        with closing(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz")) as answer:
            return answer.status, json.load(answer)["failed"]
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)["failed"]


def close_pipe(process: subprocess.Popen) -> None:
    process.stdout.close()


def full(process: subprocess.Popen) -> None:
    """Its disk has been full from the start."""


@pytest.mark.parametrize(
    ("stdout", "break_log"),
    [
        (lambda: subprocess.PIPE, close_pipe),
        pytest.param(lambda: FULL.open("wb"), full, marks=pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")),
    ],
    ids=["closed pipe", "full disk"],
)
def test_loops_go_on_and_are_started_again_when_no_log_line_can_be_written(
    tmp_path: Path, stdout: Callable[[], object], break_log: Callable[[subprocess.Popen], None]
) -> None:
    with a_worker(tmp_path, stdout=stdout()) as process:
        break_log(process)
        before = {loop: turns(tmp_path, loop) for loop in ("failing", "calm")}
        for loop, count in before.items():
            eventually(lambda loop=loop, count=count: turns(tmp_path, loop) > count + 3)

        assert readiness(tmp_path) == (200, [])


def test_a_worker_with_a_loop_that_hangs_is_not_ready(tmp_path: Path) -> None:
    with a_worker(tmp_path, stdout=subprocess.DEVNULL, not_ready=1):
        eventually(lambda: readiness(tmp_path) == (200, []))
        (tmp_path / "hang").touch()
        eventually(lambda: readiness(tmp_path) == (503, ["loops"]))
        (tmp_path / "hang").unlink()
        eventually(lambda: readiness(tmp_path) == (200, []))


def test_a_worker_with_a_loop_that_hangs_for_long_ends_to_be_started_anew(tmp_path: Path) -> None:
    log = (tmp_path / "log").open("wb")
    with a_worker(tmp_path, stdout=log, end=1) as process:
        (tmp_path / "hang").touch()
        assert process.wait(60) == ENDED_ITSELF

    [line] = [each for each in map(json.loads, (tmp_path / "log").open()) if each["event"] == "loops_hang"]
    assert line["loops"] == ["hanging"]


def test_a_worker_that_nobody_reads_the_log_of_ends_when_its_loops_hang_for_it(tmp_path: Path) -> None:
    read, write = os.pipe()
    with a_worker(tmp_path, stdout=write, end=1) as process:
        assert process.wait(60) == ENDED_ITSELF
    os.close(read)
    os.close(write)


def test_a_worker_is_gone_within_its_grace_time_though_a_loop_does_not_stop(tmp_path: Path) -> None:
    log = (tmp_path / "log").open("wb")
    with a_worker(tmp_path, stdout=log) as process:
        (tmp_path / "hang").touch()
        eventually(lambda: turns(tmp_path, "hung") > 0)
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    *_, last = map(json.loads, (tmp_path / "log").open())
    assert (last["event"], last["loops"]) == ("worker_stopped_by_force", ["hanging"])
