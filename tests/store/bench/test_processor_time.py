"""Processor time as the bench counts it: of a process, of what it started, and of what has ended since."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench import processor_time

WORKS_AND_STARTS_ONE_THAT_WORKS = """
import subprocess, sys, time
def work():
    until = time.process_time() + 0.2
    while time.process_time() < until: pass
work()
if sys.argv[1:]:
    subprocess.run([sys.executable, __file__])
    print("worked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def parent(tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    script = tmp_path / "work.py"
    script.write_text(WORKS_AND_STARTS_ONE_THAT_WORKS)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, script, "parent"], **pipes) as process:
        yield process


def test_a_process_is_charged_for_itself_and_for_what_it_started_and_saw_end(parent):
    parent.stdout.readline()

    assert processor_time.used_by(parent.pid) >= 0.35


def test_what_was_used_before_the_block_is_not_counted():
    clock = iter([5.0, 7.5])

    with processor_time.measured({"one": lambda: next(clock)}) as used:
        assert used == {}

    assert used == {"one": 2.5}
