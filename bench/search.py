"""The officers' search among ten thousand cases and among more: `python -m bench.search 100000`.

The cases differ as real ones do: streets, properties, people and faults from lists, so that most words are in few cases
and some in nearly all.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import quantiles
from time import perf_counter

import psycopg

from bench import caseload, figures, scratch
from bench.figures import Figure
from services.routing.organisation.officers import Officer
from services.routing.search.find import search
from shared.database import Database, connect

SMALL = 10_000
MOST_TIMES = 1.5
ROUNDS = 40
OFFICER = Officer("anna.andersson", "Anna Andersson", "2039", None)
OF_ANOTHER_BOARD = Officer("erik.eriksson", "Erik Eriksson", "2039", frozenset({"TN"}))

# Each case has one of 400 streets, of 5,000 numbers of property and of 20,000 names; one in eight is about lighting.
_DOCUMENTS = """
INSERT INTO search_documents (case_id, municipality, place, head, whole)
SELECT case_id, '2039', place, head, head || ' ' || whole FROM (
  SELECT id AS case_id, place, lower(concat_ws(chr(10), number, reference, title, name, place)) AS head,
    concat_ws(' ', 'jag vill anmäla att', fault, 'sedan en vecka och det är farligt för barnen som går till skolan',
      md5(n::text)) AS whole
  FROM (
    SELECT id, number, reference, register_number AS n,
      'bygglov: tillbyggnad, åsen' AS title,
      'namn' || to_char(mod(n * 7919::bigint, 20000), 'FM00000') || ' efternamn' AS name,
      'gata' || to_char(mod(n * 104729::bigint, 400), 'FM000') || 'vägen ' || mod(n, 90)
        || ', holen ' || mod(n, 5000) || ':' || mod(n, 7) AS place,
      CASE mod(n, 8) WHEN 0 THEN 'gatubelysningen är trasig' WHEN 1 THEN 'vägen har ett djupt hål'
        ELSE 'en skylt har fallit omkull' END AS fault
    FROM cases, LATERAL (SELECT register_number AS n) AS numbered
  ) AS made
) AS written ORDER BY case_id
"""
_INDEXES = [
    f"CREATE INDEX search_index_{column} ON search_documents USING gin ({column} gin_trgm_ops)"
    for column in ("head", "whole")
]

QUERIES: dict[str, Callable[[int], tuple[Officer, str]]] = {
    "a case number": lambda turn: (OFFICER, f"BN {240 + turn}"),
    "a name": lambda turn: (OFFICER, f"namn{(240 + turn) * 7919 % 20000:05}"),
    "a property": lambda turn: (OFFICER, f"holen {4000 + turn}:"),
    "a street": lambda turn: (OFFICER, f"gata{turn:03}vägen"),
    "a part of a common word": lambda _: (OFFICER, "belysning"),
    "what nearly all have": lambda _: (OFFICER, "skolan barnen"),
    "two words": lambda turn: (OFFICER, f"gata{turn:03} belysning"),
    "what none has": lambda turn: (OFFICER, f"finns{turn}inte"),
    "common words of another board": lambda _: (OF_ANOTHER_BOARD, "belysning"),
}


def measure(large: int) -> list[Figure]:
    """Milliseconds of a search, the 50th and the 99th of a hundred; the same on both stores in turn."""
    with ExitStack() as stack:
        stores = [stack.enter_context(_store(count)) for count in (SMALL, large)]
        took: dict[str, list[list[float]]] = {what: [[], []] for what in QUERIES}
        for turn in range(ROUNDS):
            for what, query_of in QUERIES.items():
                for store, times in zip(stores, took[what], strict=True):
                    times.append(_seconds(store, *query_of(turn)))
    return [each for what, (few, many) in took.items() for each in _figures(what, few, many, large)]


def _seconds(store: Database, officer: Officer, query: str) -> float:
    began = perf_counter()
    search(officer, query, sessions=store.sessions)
    return perf_counter() - began


def _figures(what: str, few: list[float], many: list[float], large: int) -> Iterator[Figure]:
    for centile in (50, 99):
        among_many, among_few = (1000 * quantiles(times, n=100)[centile - 1] for times in (many, few))
        name, against = f"search for {what}, {large:,} cases, p{centile}", f"with {SMALL:,}"
        yield Figure(name, among_many, "ms", against, among_few, wanted=MOST_TIMES, more_is_better=False)


@contextmanager
def _store(cases: int) -> Iterator[Database]:
    with scratch.database("routing") as url:
        caseload.fill(url, cases)
        with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True) as connection:
            connection.execute("DROP INDEX search_index_head, search_index_whole")
            connection.execute(_DOCUMENTS)
            for index in _INDEXES:
                connection.execute(index)
            connection.execute("VACUUM ANALYZE")
        store = connect(url)
        yield store
        store.engine.dispose()


if __name__ == "__main__":
    print(figures.table(measure(int(sys.argv[1]))))
