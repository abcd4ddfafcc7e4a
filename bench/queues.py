"""An officer's queue page and claiming the next case, among ten thousand cases and among a million."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from bench import caseload, scratch, webs
from bench.figures import Figure
from bench.installation import Installation
from bench.load import Refused

ROUNDS = 5
REQUESTS = 20  # of each kind in a round: the small store has cases enough to be claimed
SMALL = 10_000

PAGE = ("GET", f"/routing/api/v1/queues/{caseload.QUEUE}/cases?limit=50")
CLAIM = ("POST", f"/routing/api/v1/queues/{caseload.QUEUE}/claims")
QUEUES = ("GET", "/routing/api/v1/queues")

Request = tuple[str, str]
Send = Callable[[Request], float]


def measure(folder: Path, installation: Installation, large: int) -> list[Figure]:
    """Milliseconds for one officer, over HTTP; the same on both stores in turn."""
    with ExitStack() as stack:
        among_few, among_many = (stack.enter_context(_desk(folder, installation, count)) for count in (SMALL, large))
        took: dict[tuple[Request, Send], list[float]] = {}
        for _ in range(ROUNDS * REQUESTS):
            for request in (PAGE, CLAIM, QUEUES):
                for send in (among_few, among_many):
                    took.setdefault((request, send), []).append(send(request))
    return [
        _figure(what, wanted, median(took[request, among_many]), median(took[request, among_few]), large)
        for what, request, wanted in (
            ("queue page", PAGE, 1.5),
            ("claim the next", CLAIM, 1.5),
            ("list of queues", QUEUES, None),
        )
    ]


def _figure(what: str, wanted: float | None, many: float, few: float, large: int) -> Figure:
    name, against = f"{what}, {large:,} cases", f"with {SMALL:,}"
    return Figure(name, 1000 * many, "ms", against, 1000 * few, wanted=wanted, more_is_better=False)


@contextmanager
def _desk(folder: Path, installation: Installation, cases: int) -> Iterator[Send]:
    """Routing's web on a store with so many cases, used by Anna Andersson over one connection."""
    bearer = {"Authorization": f"Bearer {installation.token()}"}
    with scratch.database("routing") as url:
        caseload.fill(url, cases)
        with webs.routing(folder, url, installation.environ) as origin:
            connection = http.client.HTTPConnection(urlsplit(origin).netloc)
            yield lambda request: _seconds(connection, request, bearer)


def _seconds(connection: http.client.HTTPConnection, request: Request, headers: dict[str, str]) -> float:
    began = perf_counter()
    connection.request(*request, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (200, 201):
        raise Refused(f"{request} was answered {answer.status}")
    return perf_counter() - began
