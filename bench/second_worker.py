"""How much a second worker of routing gains: `python -m bench.second_worker 3000` lets as large a backlog drain by one
and by two, in turns. All six processes, the broker and the databases share the machine's processors with them.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from statistics import median
from time import monotonic, sleep

from bench import backlog, figures, whole_way
from bench.figures import Figure
from bench.installation import Installation, Process
from bench.ports import free_port

ROUNDS = 2
FROM = 0.2  # of the backlog: by then each worker is at work
WANTED = 1.7


def measure(installation: Installation, count: int) -> list[Figure]:
    """The cases a second that one worker registers, and that two do."""
    found: dict[bool, list[float]] = {False: [], True: []}
    with whole_way.cases_committed(installation) as committed:
        for number in range(2 * ROUNDS):
            has_second = bool(number % 2)
            found[has_second].append(_drained(installation, count, number * count, committed, has_second=has_second))
    one, two = median(found[False]), median(found[True])
    return [Figure("cases registered by two workers", two, "/s", "one worker", one, wanted=WANTED)]


def _drained(
    installation: Installation, count: int, first: int, committed: Mapping[str, float], *, has_second: bool
) -> float:
    sent = backlog.piled_up(installation, range(first, first + count))
    with _second(installation.processes["routing-worker"]) if has_second else nullcontext():
        references = [whole_way.reference(answer) for answer in sent]
        give_up_at = monotonic() + backlog.MOST_SECONDS
        while not all(each in committed for each in references):
            if monotonic() > give_up_at:
                raise TimeoutError("the backlog was not drained in time")
            sleep(0.2)
    at = sorted(committed[each] for each in references)
    begun = int(FROM * count)
    return (count - begun) / (at[-1] - at[begun])


@contextmanager
def _second(worker: Process) -> Iterator[None]:
    port = free_port()
    second = replace(
        worker,
        name=f"{worker.name}-2",
        environ={**worker.environ, "ROUTING_METRICS_PORT": str(port)},
        log=worker.log.with_suffix(".2.log"),
        ready=f"http://127.0.0.1:{port}/readyz",
    )
    second.start()
    try:
        second.wait_until_ready()
        yield
    finally:
        second.stop()


if __name__ == "__main__":
    with backlog.installed() as installation:
        print(figures.table(measure(installation, int(sys.argv[1]))), figures.load(), sep="\n")
