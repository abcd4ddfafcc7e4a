"""The officers' search among ten thousand cases and among more: `python -m bench.search 100000` measures it alone."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from time import perf_counter

from bench import caseload, figures
from bench.figures import Figure
from services.routing.organisation.officers import Officer
from services.routing.search.find import search
from shared.database import Database

ROUNDS = 500
OFFICER = Officer("anna.andersson", "Anna Andersson", "2039", None)
OF_ANOTHER_BOARD = Officer("erik.eriksson", "Erik Eriksson", "2039", frozenset({"TN"}))

QUERIES: dict[str, Callable[[int], tuple[Officer, str]]] = {
    "a case number": lambda turn: (OFFICER, f"BN {240 + turn}"),
    "a name": lambda turn: (OFFICER, f"namn{(turn * 40 + 7) % 2000:06}"),
    "a property": lambda turn: (OFFICER, f"holen {4000 + turn}:"),
    "a street": lambda turn: (OFFICER, f"gata{turn % 400:03}vägen"),
    "a part of a common word": lambda _: (OFFICER, "belysning"),
    "what nearly all have": lambda _: (OFFICER, "skolan barnen"),
    "two words": lambda turn: (OFFICER, f"gata{turn % 400:03} belysning"),
    "what none has": lambda turn: (OFFICER, f"finns{turn}inte"),
    "common words of another board": lambda _: (OF_ANOTHER_BOARD, "belysning"),
}


def measure(urls: Sequence[str], large: int) -> list[Figure]:
    """Milliseconds of a search; on both stores in turn."""
    with ExitStack() as stack:
        stores = [stack.enter_context(caseload.opened(url)) for url in urls]
        took: dict[str, list[list[float]]] = {what: [[], []] for what in QUERIES}
        for turn in range(ROUNDS):
            for what, query_of in QUERIES.items():
                for store, times in zip(stores, took[what], strict=True):
                    times.append(_seconds(store, *query_of(turn)))
    return [
        figure
        for what, times in took.items()
        for figure in figures.at_centiles(f"search for {what}", *times, caseload.SMALL, large)
    ]


def _seconds(store: Database, officer: Officer, query: str) -> float:
    began = perf_counter()
    search(officer, query, sessions=store.sessions)
    return perf_counter() - began


if __name__ == "__main__":
    cases = int(sys.argv[1])
    with caseload.stores(cases) as urls:
        print(figures.table(measure(urls, cases)), figures.load(), sep="\n")
