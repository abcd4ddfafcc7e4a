"""`make bench`: measure the production set-up on this machine, print a table and write bench/results.json.

Scratch databases, a virtual host of its own and all processes are made for the run, and are gone after it.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bench import accepting, bus, desk, figures, rules, scratch, whole_way
from bench.figures import Figure

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Sizes:
    """How much of each: forms in a round, events in a round, forms through the whole, cases in the large store."""

    forms: int = 2000
    events: int = 5000
    through: int = 600
    cases: int = 1_000_000


def run(sizes: Sizes) -> list[Figure]:
    """Measure everything, one thing at a time."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker_url = stack.enter_context(scratch.broker())
        return [
            *_whole(folder / "whole", broker_url, sizes),
            *_submissions_and_bus(folder, broker_url, sizes),
            *_timed("rules", rules.measure),
        ]


def _submissions_and_bus(folder: Path, broker_url: str, sizes: Sizes) -> list[Figure]:
    """The bus carries the events of the submissions that were accepted before."""
    with scratch.database("intake") as intake, scratch.database() as limits:
        accepted = _timed(
            "accepted submissions", lambda: accepting.measure(folder, intake, limits, broker_url, sizes.forms)
        )
        with scratch.patient_broker() as patient:
            return [*accepted, *_timed("relay and consumer", lambda: bus.measure(intake, patient, sizes.events))]


def _whole(folder: Path, broker_url: str, sizes: Sizes) -> list[Figure]:
    with whole_way.installed(folder, broker_url) as installation:
        return [
            *_timed("the whole way", lambda: whole_way.measure(installation, sizes.through)),
            *_timed("the desk", lambda: desk.measure(folder, installation, sizes.cases)),
        ]


def _timed(what: str, measure: Callable[[], list[Figure]]) -> list[Figure]:
    began = monotonic()
    found = measure()
    print(f"{what}: measured in {monotonic() - began:.0f} s", figures.table(found), "", sep="\n", file=sys.stderr)
    return found


if __name__ == "__main__":
    found = run(Sizes())
    figures.write(found, RESULTS)
    print(figures.table(found))
    print(figures.load())
