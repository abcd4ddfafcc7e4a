"""A backlog drains: how fast, and how long the case of a form that is sent meanwhile waits.

`python -m bench.backlog 5000` stops routing's worker, sends so many forms, starts the worker, sends a form each
second, and prints how long each one's case waited.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import figures, forms, load, scratch, whole_way
from bench.figures import Figure
from bench.installation import Installation
from bench.load import Answer
from shared.bus import topology

MOST_SECONDS = 600
LONGEST_WAIT = 5.0  # seconds, that a new form's case may wait
DRAINED = 187.5  # events a second, wanted: two and a half times what was managed before


def measure(installation: Installation, count: int) -> list[Figure]:
    """Let a backlog of `count` forms drain, and send new ones until it has."""
    origin = installation.origins["intake"]
    with whole_way.cases_committed(installation) as committed:
        backlog = piled_up(installation, range(count))
        new = _sent_each_second_until_all_are_cases(origin, backlog, committed)
    at = [committed[whole_way.reference(answer)] for answer in backlog]
    waits = [committed[whole_way.reference(answer)] - answer.due for answer in new if answer.due < max(at)]
    print("waited, in seconds:", *(f"{wait:.2f}" for wait in waits))
    return [
        Figure("a backlog drains", count / (max(at) - min(at)), "/s", wanted=DRAINED),
        Figure("meanwhile a new case waits at most", max(waits), "s", wanted=LONGEST_WAIT, more_is_better=False),
    ]


def piled_up(installation: Installation, numbers: Iterable[int]) -> list[Answer]:
    """Send these forms while routing's worker is stopped, and start it when the broker has them all."""
    origin, worker = installation.origins["intake"], installation.processes["routing-worker"]
    worker.stop()
    sent = load.send(origin, [forms.submission(origin, number) for number in numbers])
    _await_all_published(installation)
    worker.start()
    worker.wait_until_ready()
    return sent


def _sent_each_second_until_all_are_cases(
    origin: str, backlog: list[Answer], committed: Mapping[str, float]
) -> list[Answer]:
    new: list[Answer] = []
    give_up_at = time.monotonic() + MOST_SECONDS
    while not all(whole_way.reference(answer) in committed for answer in [*backlog, *new]):
        if time.monotonic() > give_up_at:
            raise TimeoutError("the backlog was not drained in time")
        form = forms.submission(origin, len(backlog) + len(new))
        new += load.drive(load.address_of(origin), [form], [time.time()])
        time.sleep(1)
    return new


def _await_all_published(installation: Installation) -> None:
    """Until the broker has every event of the backlog, and has found each late."""
    with topology.connect(installation.environ["ARENDE_BROKER_URL"]) as connection:
        while _unpublished(installation) or topology.depth(connection, topology.ROUTING.queue):
            time.sleep(0.5)


def _unpublished(installation: Installation) -> bool:
    store = installation.stores["intake"]
    with store.database.sessions() as session:
        return session.query(store.tables.outbox).filter_by(published_at=None).first() is not None


@contextmanager
def installed() -> Iterator[Installation]:
    """An installation for this measurement alone."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield stack.enter_context(whole_way.installed(folder / "whole", stack.enter_context(scratch.broker())))


if __name__ == "__main__":
    with installed() as installation:
        print(figures.table(measure(installation, int(sys.argv[1]))))
