"""What officers look at and do at the desk and the API, and the gauges: among ten thousand cases and among a million.

`python -m bench.queues 200000` measures this alone, with so many.
"""

import http.client
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from bench import caseload, figures, scratch, webs, whole_way
from bench.figures import Figure
from bench.installation import DATA, Installation
from bench.load import Refused
from services.routing.organisation import loader
from services.routing.organisation.organisation import Organisation
from services.routing.queues.gauges import measure as measure_gauges
from services.routing.statistics.figures import FigureTaker
from shared.clock import utc_now
from shared.database import Database, connect

ROUNDS = 60  # the small store has cases enough to be claimed
SMALL = 10_000
MOST_TIMES = 1.5
OFFICER = "anna.andersson"

_CASES = f"/routing/api/v1/queues/{caseload.QUEUE}/cases"
_QUEUE = f"/desk/queues/{caseload.QUEUE}"
_OPEN, _CLOSED = 240, 243  # cases of the queue, with these numbers, in both stores

REQUESTS = {
    "list of queues": "GET /routing/api/v1/queues",
    "queue": f"GET {_CASES}?limit=50",
    "queue by age": f"GET {_CASES}?sort=age",
    "queue by number": f"GET {_CASES}?sort=-number",
    "queue by e-service": f"GET {_CASES}?sort=eservice",
    "queue by officer": f"GET {_CASES}?sort=officer",
    "queue, closed cases": f"GET {_CASES}?state=closed",
    "queue, nobody's cases": f"GET {_CASES}?whose=unassigned",
    "queue, an e-service": f"GET {_CASES}?eservice={caseload.ESERVICE}",
    "queue, a rare e-service": f"GET {_CASES}?eservice={caseload.RARE_ESERVICE}&limit=10",
    "queue, a case number": f"GET {_CASES}?number={_OPEN}",
    "queue, a closed case's number": f"GET {_CASES}?number={_CLOSED}&state=closed",
    "claim the next": f"POST /routing/api/v1/queues/{caseload.QUEUE}/claims",
    "page of the queues": "GET /desk/",
    "page of a queue": f"GET {_QUEUE}",
    "page of a queue, closed cases": f"GET {_QUEUE}?state=closed",
    "page of a queue, a case number": f"GET {_QUEUE}?number={_OPEN}",
    "page of an officer's cases": "GET /desk/mine",
    "page of the figures": "GET /desk/statistics",
    "page of a case": f"GET /desk/cases/{UUID(int=_OPEN)}",
}
GAUGES = "gauges of the queues"


@dataclass(frozen=True, eq=False)
class Desk:
    """Routing's web and its store, with an officer who is signed in."""

    store: Database
    organisations: Collection[Organisation]
    connection: http.client.HTTPConnection
    headers: dict[str, str]

    def seconds(self, what: str) -> float:
        """How long it takes, once."""
        run = self._measure_gauges if what == GAUGES else lambda: self._send(*REQUESTS[what].split())
        began = perf_counter()
        run()
        return perf_counter() - began

    def _send(self, method: str, path: str) -> None:
        self.connection.request(method, path, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status not in (200, 201):
            raise Refused(f"{method} {path} was answered {answer.status}")

    def _measure_gauges(self) -> None:
        measure_gauges(self.store.sessions, self.organisations, now=datetime.now(UTC))


def measure(folder: Path, installation: Installation, large: int) -> list[Figure]:
    """Milliseconds for one officer, over HTTP; the same on both stores in turn."""
    with ExitStack() as stack:
        among_few, among_many = (stack.enter_context(_desk(folder, installation, count)) for count in (SMALL, large))
        took: dict[tuple[str, Desk], list[float]] = {}
        for _ in range(ROUNDS):
            for what in (*REQUESTS, GAUGES):
                for desk in (among_few, among_many):
                    took.setdefault((what, desk), []).append(desk.seconds(what))
        return [
            _figure(what, median(took[what, among_many]), median(took[what, among_few]), large)
            for what in (*REQUESTS, GAUGES)
        ]


def _figure(what: str, many: float, few: float, large: int) -> Figure:
    name, against = f"{what}, {large:,} cases", f"with {SMALL:,}"
    return Figure(name, 1000 * many, "ms", against, 1000 * few, wanted=MOST_TIMES, more_is_better=False)


@contextmanager
def _desk(folder: Path, installation: Installation, cases: int) -> Iterator[Desk]:
    """Routing's web on a store with so many cases, used by Anna Andersson over one connection."""
    with scratch.database("routing") as url:
        caseload.fill(url, cases)
        store = connect(url)
        FigureTaker(store.sessions, utc_now).run()  # as the worker does
        read = loader.load(Path(DATA["ARENDE_MUNICIPALITIES"]), Path(DATA["ARENDE_ESERVICES"]))
        with webs.routing(folder, url, installation.environ) as origin:
            headers = {"Authorization": f"Bearer {installation.token(OFFICER)}", "Cookie": _signed_in(origin)}
            yield Desk(store, read.values(), http.client.HTTPConnection(urlsplit(origin).netloc), headers)
        store.engine.dispose()


def _signed_in(origin: str) -> str:
    """The cookies of the officer, signed in at the desk by way of the OpenID provider's form."""
    with httpx.Client(base_url=origin, follow_redirects=True, verify=False) as browser:
        form = browser.get("/desk/")
        if not browser.post(str(form.url), data={"sub": OFFICER}).is_success:
            raise Refused("signing in to the desk")
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)


def _alone(large: int) -> list[Figure]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker_url = stack.enter_context(scratch.broker())
        return measure(folder, stack.enter_context(whole_way.installed(folder / "whole", broker_url)), large)


if __name__ == "__main__":
    print(figures.table(_alone(int(sys.argv[1]))))
