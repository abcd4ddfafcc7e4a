"""Processor time of process groups and servers: it tells what work costs, however busy the machine is.

In seconds, user and system together, of living processes and of those that have ended.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psutil

SERVERS = {"PostgreSQL": "postgres", "RabbitMQ": "beam.smp"}

Meter = Callable[[], float]


def used_by(pid: int) -> float:
    """What a process and all that it started have used."""
    process = psutil.Process(pid)
    return _with_ended_children(process) + sum(map(_with_ended_children, process.children(recursive=True)))


def used_by_this() -> float:
    """What this process itself has used."""
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


def servers() -> dict[str, Meter]:
    """A meter for each server of this machine that the bench uses."""
    return {label: lambda name=name: _used_by_all(name) for label, name in SERVERS.items()}  # type: ignore[misc]


@contextmanager
def measured(meters: Mapping[str, Meter]) -> Iterator[dict[str, float]]:
    """Give a mapping that holds what each meter counted inside the block, once it has ended."""
    before = {label: meter() for label, meter in meters.items()}
    used: dict[str, float] = {}
    yield used
    used.update({label: meter() - before[label] for label, meter in meters.items()})


def _used_by_all(name: str) -> float:
    """Of all processes of that name; those that another of them started are counted with it when they end."""
    return sum(map(_with_ended_children, (each for each in psutil.process_iter() if _name(each) == name)))


def _with_ended_children(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""
