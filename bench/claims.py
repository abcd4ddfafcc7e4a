"""`claim next` by 32 officers at once: `python -m bench.claims 200000` measures it alone, among so many cases."""

import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from time import perf_counter

from bench import caseload, figures
from bench.figures import Figure
from bench.installation import DATA
from bench.load import Refused
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.claim_next import claim_next
from shared.clock import utc_now
from shared.database import Database

OFFICERS = [Officer(f"claims-{number}", f"Handläggare {number}", "2039", None) for number in range(32)]
ROUNDS = 12  # the small store has cases enough to be claimed


def measure(urls: Sequence[str], large: int) -> list[Figure]:
    """Milliseconds until an officer has a case when all of them claim at once, in one process with its connections."""
    organisation = loader.load(Path(DATA["ARENDE_MUNICIPALITIES"]), Path(DATA["ARENDE_ESERVICES"]))["2039"]
    took: list[list[float]] = [[] for _ in urls]
    with ExitStack() as stack:
        officers = stack.enter_context(ThreadPoolExecutor(len(OFFICERS)))
        stores = [stack.enter_context(caseload.opened(url)) for url in urls]
        for _ in range(ROUNDS):
            for store, times in zip(stores, took, strict=True):
                times.extend(_round(officers, store, organisation))
    what = f"claim the next, {len(OFFICERS)} officers at once"
    return figures.at_centiles(what, *took, caseload.SMALL, large)


def _round(officers: Executor, store: Database, organisation: Organisation) -> list[float]:
    begin = Barrier(len(OFFICERS))

    def claim(number: int) -> float:
        begin.wait()
        began = perf_counter()
        claimed = claim_next(OFFICERS[number], caseload.QUEUE, organisation, sessions=store.sessions, now=utc_now())
        if claimed is None:
            raise Refused("nothing was left to claim")
        return perf_counter() - began

    return list(officers.map(claim, range(len(OFFICERS))))


if __name__ == "__main__":
    cases = int(sys.argv[1])
    with caseload.stores(cases) as urls:
        print(figures.table(measure(urls, cases)), figures.load(), sep="\n")
