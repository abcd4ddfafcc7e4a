"""Finding cases among all that the officer may see, in every queue and state: no other is found, counted or hinted at.

First the case with that number, then those whose title, parties or place have every word, then those that have them
anywhere; of each, the latest registered first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal_column, not_, select, text, true
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from services.routing.cases.models import Case, SubmissionCopy, known_regime
from services.routing.organisation.officers import Officer
from services.routing.queues.list_cases import ListedCase
from services.routing.queues.number_search import has_number
from services.routing.search.documents import key_of
from services.routing.search.models import SearchDocument
from services.routing.search.rare_parts import rare_parts
from services.routing.search.words import SearchWords, words_of

Column = InstrumentedAttribute[str]

# A word that nearly every case has together with one that none has is looked for no longer than this by each statement,
# of which a page may take some for each rank.
MOST_MILLISECONDS = 3_000
FEW = 2_000  # documents, the newest, from which common words fill a page; how many have the words shows how common
LATEST = 200  # of the documents that have the words, of which mostly a page may be seen

# By the sum PostgreSQL does not read one after the other by their ids, where it guesses wrong how rare a word is.
_AGE: ColumnElement[int] = SearchDocument.id + literal_column("0")
_LIMITS = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true), "
    "set_config('statement_timeout', :most, true)"
)


class Rank(IntEnum):
    """Where a case was found, the best first."""

    NUMBER = 0
    HEAD = 1
    TEXT = 2


class SearchPosition(NamedTuple):
    """Where a page ended: what the next one begins after."""

    rank: Rank
    document: int


@dataclass(frozen=True)
class SearchPage:
    """Some of what was found; `next` None: there is no more. `too_short`: only numbers of cases were tried."""

    cases: Sequence[ListedCase]
    next: SearchPosition | None
    too_short: bool


class IdentityNumberInAddress(Exception):
    """An identity number may stand in no address: those are kept in logs and histories."""


def search(
    officer: Officer,
    query: str,
    *,
    after: SearchPosition | None = None,
    limit: int = 50,
    in_address: bool = False,
    sessions: sessionmaker[Session],
) -> SearchPage:
    """A page of what the officer may see of what is searched for.

    Raises InvalidInput for `q`; IdentityNumberInAddress where the query came `in_address` and holds one.
    """
    with sessions() as session:
        words = words_of(query, key_of(session))
        if in_address and words.has_identity_number:
            raise IdentityNumberInAddress
        _limit_work(session)
        documents = _Documents(session, officer.municipality, words)
        found: list[tuple[Rank, Any]] = []
        for rank in _ranks(words, after):
            begun = after.document if after and after.rank == rank else None
            if rank is Rank.NUMBER:
                rows = _by_number(session, officer, words, begun, limit + 1)
            else:
                rows = _by_words(officer, documents, rank, begun, limit + 1 - len(found))
            found += [(rank, row) for row in rows]
            if len(found) > limit:
                break
    page = [ListedCase(row.Case, row.title, known_regime(row.regime), row.place) for _, row in found[:limit]]
    onwards = None
    if len(found) > limit:
        rank, last = found[limit - 1]
        onwards = SearchPosition(rank, last.document)
    return SearchPage(page, onwards, bool(words.words) and not words.indexed)


def _ranks(words: SearchWords, after: SearchPosition | None) -> Iterator[Rank]:
    """Those that the page may have cases of."""
    first = Rank.NUMBER if after is None else after.rank
    return (rank for rank in Rank if rank >= first and (rank is Rank.NUMBER or words.indexed))


def _limit_work(session: Session) -> None:
    """Have PostgreSQL plan for these very words, compile nothing, and end each statement that takes too long."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LIMITS, {"most": str(MOST_MILLISECONDS)})


class _Documents:
    """Which documents have the words: what a better rank has, a worse one has not."""

    def __init__(self, session: Session, municipality: str, words: SearchWords) -> None:
        self.session, self._municipality, self._words = session, municipality, words
        has = _HAS[session.get_bind().dialect.name]
        self._in_head = and_(true(), *(has(SearchDocument.head, word) for word in words.words))
        self._in_whole = and_(true(), *(has(SearchDocument.whole, word) for word in words.words))

    @property
    def not_by_number(self) -> ColumnElement[bool]:
        """The condition on `Case` that it has not been found by its number."""
        return not_(has_number(self._words.written))

    @cached_property
    def newest(self) -> int:
        """The id of the latest of all, whatever it has."""
        return self.session.scalar(select(func.max(SearchDocument.id))) or 0

    @cached_property
    def _in_index(self) -> "_InIndex":
        return _IN_INDEX[self.session.get_bind().dialect.name](self.session, self._municipality, self._words.indexed)

    def are_rare(self, rank: Rank) -> bool:
        """Whether hardly one in a hundred has the words in its text, which is long to look through; a head is short."""
        return rank is Rank.TEXT and not self._in_index.are_common

    def of_rank(self, rank: Rank) -> ColumnElement[bool]:
        """The condition that a document has the words, of which the index knows something."""
        by_index = self._in_index.head if rank is Rank.HEAD else self._in_index.whole
        return and_(by_index, self._have(rank))

    def of_newest(self, rank: Rank, newest: int) -> Sequence[int]:
        """The latest that have the words, of a few: looked through without the index, which has all of all ages."""
        return self._latest(self._have(rank), SearchDocument.id.between(newest - FEW + 1, newest))

    def of_age(self, rank: Rank, first: int, last: int) -> Sequence[int]:
        """The latest that have the words, of those of an age."""
        return self._latest(self.of_rank(rank), _AGE.between(first, last))

    def some(self, rank: Rank, newest: int) -> Sequence[int]:
        """As many as are looked up that have the words, of all ages: mostly the earliest, as the table has them.

        The order is none that PostgreSQL could follow instead of the index, and it does not see that few are wanted.
        """
        found = self._with(self.of_rank(rank), SearchDocument.id <= newest).cte("found")
        found = found.prefix_with("MATERIALIZED", dialect="postgresql")
        return self.session.scalars(select(found.c.id).limit(LATEST)).all()

    def _have(self, rank: Rank) -> ColumnElement[bool]:
        return self._in_head if rank is Rank.HEAD else and_(self._in_whole, not_(self._in_head))

    def _latest(self, *conditions: ColumnElement[bool]) -> Sequence[int]:
        return self.session.scalars(self._with(*conditions).order_by(_AGE.desc()).limit(LATEST)).all()

    def _with(self, *conditions: ColumnElement[bool]) -> Select[int]:
        return select(SearchDocument.id).where(SearchDocument.municipality == self._municipality, *conditions)


def _by_number(
    session: Session, officer: Officer, words: SearchWords, begun: int | None, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(_seen(officer, has_number(words.written), _before(begun)).limit(most)).all()


def _by_words(
    officer: Officer, documents: _Documents, rank: Rank, begun: int | None, most: int
) -> list[Row[*tuple[Any, ...]]]:
    """The latest cases of a rank that the officer may see, from where the page begins.

    Of what has the words, the latest documents are looked up. Where that is not enough, since the officer may not see
    most of them, all are.
    """
    newest = documents.newest if begun is None else begun - 1
    rows: list[Row[*tuple[Any, ...]]] = []
    for ids in _found_from_newest(documents, rank, newest, most):
        if ids:
            seen = _seen(officer, documents.not_by_number, SearchDocument.id.in_(ids))
            rows += documents.session.execute(seen.limit(most - len(rows)))
        if len(rows) >= most:
            break
        if len(ids) == LATEST:
            others = _seen(officer, documents.not_by_number, documents.of_rank(rank), _before(ids[-1]))
            return [*rows, *documents.session.execute(others.limit(most - len(rows)))]
    return rows


def _found_from_newest(documents: _Documents, rank: Rank, newest: int, most: int) -> Iterator[Sequence[int]]:
    """The latest documents that have the words, newer ones first: of a few, then of as many as a page may need.

    Of rare words all, where these are not many.
    """
    if documents.are_rare(rank):
        some = documents.some(rank, newest)
        if len(some) < LATEST:
            yield some
            return
        looked_through = 2 * most * max(some) // LATEST
        yield (ids := documents.of_age(rank, newest - looked_through + 1, newest))
    else:
        looked_through = FEW
        yield (ids := documents.of_newest(rank, newest))
    found = len(ids)
    while looked_through < newest:
        several = max(2, 2 * most // found) * looked_through if found else newest
        above = newest - looked_through
        yield (ids := documents.of_age(rank, above - several + 1, above))
        looked_through, found = looked_through + several, found + len(ids)


def _before(document: int | None) -> ColumnElement[bool]:
    return true() if document is None else SearchDocument.id < document


def _seen(officer: Officer, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    regime = SubmissionCopy.handling["legal_regime"].as_string().label("regime")
    columns = (Case, SubmissionCopy.title, regime, SearchDocument.place, SearchDocument.id.label("document"))
    query = select(*columns).join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    query = query.join(SearchDocument, SearchDocument.case_id == Case.id)
    return query.where(officer.sees, *conditions).order_by(SearchDocument.id.desc())


class _InIndex(NamedTuple):
    """What the index of each column is asked for; `are_common`: some in a hundred documents have the words."""

    head: ColumnElement[bool]
    whole: ColumnElement[bool]
    are_common: bool


def _in_trigrams(session: Session, municipality: str, words: Sequence[str]) -> _InIndex:
    """On PostgreSQL: the index knows the columns' trigrams, and LIKE without ESCAPE makes use of them."""
    parts = rare_parts(session, municipality, words)
    return _InIndex(
        and_(*(SearchDocument.head.like(f"%{_escaped(part)}%") for part in parts.head)),
        and_(*(SearchDocument.whole.like(f"%{_escaped(part)}%") for part in parts.whole)),
        parts.are_common,
    )


def _in_fts5(_: Session, __: str, words: Sequence[str]) -> _InIndex:
    """On SQLite: each word is a phrase of trigrams. How common it is, nobody has counted."""
    quoted = (word.replace('"', '""') for word in words)
    phrases = " AND ".join(f'"{word}"' for word in quoted)
    matching = text("SELECT rowid FROM search_index WHERE search_index MATCH :phrases")

    def of(column: Column) -> ColumnElement[bool]:
        found = matching.bindparams(phrases=f"{{{column.key}}} : ({phrases})").columns(rowid=SearchDocument.id.type)
        return SearchDocument.id.in_(found)

    return _InIndex(of(SearchDocument.head), of(SearchDocument.whole), are_common=True)


_IN_INDEX: dict[str, Callable[[Session, str, Sequence[str]], _InIndex]] = {
    "postgresql": _in_trigrams,
    "sqlite": _in_fts5,
}
# That a column has a word, whatever is indexed.
_HAS: dict[str, Callable[[Column, str], ColumnElement[bool]]] = {
    "postgresql": lambda column, word: func.strpos(column, word) > 0,
    "sqlite": lambda column, word: func.instr(column, word) > 0,
}


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
