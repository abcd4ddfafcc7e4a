"""What officers look at and do at the desk and the API, and the gauges: among ten thousand cases and among a million.

`python -m bench.queues 200000` measures this alone, with so many.
"""

import http.client
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
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
from shared.database import Database

SELDOM = 10  # the loops: some take long
ROUNDS = 100  # the small store has cases enough to be claimed
OFFICER = "anna.andersson"

_CASES = f"/routing/api/v1/queues/{caseload.QUEUE}/cases"
_QUEUE = f"/desk/queues/{caseload.QUEUE}"

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
    "queue, a case number": f"GET {_CASES}?number={caseload.OPEN}",
    "queue, a closed case's number": f"GET {_CASES}?number={caseload.CLOSED}&state=closed",
    "claim the next": f"POST /routing/api/v1/queues/{caseload.QUEUE}/claims",
    "page of the queues": "GET /desk/",
    "page of a queue": f"GET {_QUEUE}",
    "page of a queue, closed cases": f"GET {_QUEUE}?state=closed",
    "page of a queue, a case number": f"GET {_QUEUE}?number={caseload.OPEN}",
    "page of an officer's cases": "GET /desk/mine",
    "page of the figures": "GET /desk/statistics",
    "page of a case": f"GET /desk/cases/{UUID(int=caseload.OPEN)}",
    "page of a case that is much like others": f"GET /desk/cases/{UUID(int=caseload.AT_THE_SQUARE)}",
}


@dataclass(frozen=True, eq=False)
class Desk:
    """Routing's web and its store, with an officer who is signed in."""

    store: Database
    organisations: Collection[Organisation]
    connection: http.client.HTTPConnection
    headers: dict[str, str]

    def seconds(self, what: str) -> float:
        """How long it takes, once."""
        began = perf_counter()
        if what in LOOPS:
            LOOPS[what](self)
        else:
            self._send(*REQUESTS[what].split())
        return perf_counter() - began

    def _send(self, method: str, path: str) -> None:
        self.connection.request(method, path, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status not in (200, 201):
            raise Refused(f"{method} {path} was answered {answer.status}")


# What the worker does again and again, and whatever is slow in it keeps from the pages.
LOOPS: dict[str, Callable[[Desk], None]] = {
    "gauges of the queues": lambda desk: measure_gauges(desk.store.sessions, desk.organisations, now=utc_now()),
    "figures of the leader's page": lambda desk: FigureTaker(desk.store.sessions, utc_now).run(),
}


def measure(folder: Path, installation: Installation, urls: Sequence[str], large: int) -> list[Figure]:
    """Milliseconds for one officer, over HTTP; the same on both stores in turn."""
    took: dict[str, list[list[float]]] = {what: [[], []] for what in (*REQUESTS, *LOOPS)}
    with ExitStack() as stack:
        desks = [stack.enter_context(_desk(folder, installation, url)) for url in urls]
        for turn in range(ROUNDS):
            for what in (*REQUESTS, *(LOOPS if turn % SELDOM == 0 else ())):
                for desk, times in zip(desks, took[what], strict=True):
                    times.append(desk.seconds(what))
    return [
        figure for what, times in took.items() for figure in figures.at_centiles(what, *times, caseload.SMALL, large)
    ]


@contextmanager
def _desk(folder: Path, installation: Installation, url: str) -> Iterator[Desk]:
    """Routing's web on a store, used by Anna Andersson over one connection."""
    read = loader.load(Path(DATA["ARENDE_MUNICIPALITIES"]), Path(DATA["ARENDE_ESERVICES"]))
    with caseload.opened(url) as store, webs.routing(folder, url, installation.environ) as origin:
        headers = {"Authorization": f"Bearer {installation.token(OFFICER)}", "Cookie": _signed_in(origin)}
        yield Desk(store, read.values(), http.client.HTTPConnection(urlsplit(origin).netloc), headers)


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
        installation = stack.enter_context(whole_way.installed(folder / "whole", broker_url))
        urls = stack.enter_context(caseload.stores(large, installation.environ["ARENDE_LINK_KEY"]))
        return measure(folder, installation, urls, large)


if __name__ == "__main__":
    print(figures.table(_alone(int(sys.argv[1]))), figures.load(), sep="\n")
