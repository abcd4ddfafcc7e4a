"""Finding cases among all that the officer may see, in every queue and state: no other is found, counted or hinted at.

First the case with that number, then those whose title, parties or place have every word, then those that have them
anywhere; of each, the latest registered first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, select, text, true
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from services.routing.cases.models import Case, SubmissionCopy, known_regime
from services.routing.organisation.officers import Officer
from services.routing.queues.list_cases import ListedCase
from services.routing.queues.number_search import has_number
from services.routing.search.documents import key_of
from services.routing.search.models import SearchDocument
from services.routing.search.words import SearchWords, words_of

Column = InstrumentedAttribute[str]

# A word that nearly every case has together with one that none has is looked for no longer than this by each statement,
# of which a page may take some for each rank.
MOST_MILLISECONDS = 3_000
NEWEST = 5_000  # documents, in which common words are found soonest
LATEST = 200  # of the documents that have rare words, of which mostly a page may be seen


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
        found: list[tuple[Rank, Any]] = []
        for each in _ranked(words, session.get_bind().dialect.name, after):
            found += [(each.rank, row) for row in _rows(session, officer, each, after, limit + 1 - len(found))]
            if len(found) > limit:
                break
    page = [ListedCase(row.Case, row.title, known_regime(row.regime), row.place) for _, row in found[:limit]]
    onwards = None
    if len(found) > limit:
        rank, last = found[limit - 1]
        onwards = SearchPosition(rank, last.document)
    return SearchPage(page, onwards, bool(words.words) and not words.indexed)


def _limit_work(session: Session) -> None:
    """Have PostgreSQL plan for these very words, and end each statement that takes too long."""
    if session.get_bind().dialect.name == "postgresql":
        plan = "set_config('plan_cache_mode', 'force_custom_plan', true)"
        session.execute(text(f"SELECT {plan}, set_config('statement_timeout', '{MOST_MILLISECONDS}', true)"))


class _Ranked(NamedTuple):
    """The conditions of a rank, on a case and on its search document."""

    rank: Rank
    of_case: ColumnElement[bool]
    of_document: ColumnElement[bool]


def _rows(
    session: Session, officer: Officer, ranked: _Ranked, after: SearchPosition | None, most: int
) -> list[Row[*tuple[Any, ...]]]:
    """The latest cases of a rank that the officer may see, from where the page begins.

    Common words fill a page from the newest documents. Rare ones are found by the index, and of thousands of documents
    the latest looked up. Where that is not enough, since the officer may not see most of them, all are.
    """
    begun = _before(after.document if after and after.rank == ranked.rank else None)
    if ranked.rank is Rank.NUMBER:
        return list(session.execute(_seen(officer, ranked, begun).limit(most)))
    newest = session.scalar(select(func.max(SearchDocument.id)).where(begun)) or 0
    is_new = SearchDocument.id > newest - NEWEST
    ids = _documents(session, officer, ranked, most, begun, is_new)
    rows = _cases_of(session, officer, ranked, ids, most)
    if len(ids) < most:
        ids = _documents(session, officer, ranked, LATEST, begun, ~is_new)
        rows += _cases_of(session, officer, ranked, ids, most - len(rows))
        if len(ids) < LATEST:
            return rows
    if len(rows) < most:
        others = _seen(officer, ranked, ranked.of_document, _before(ids[-1]))
        rows += session.execute(others.limit(most - len(rows)))
    return rows


def _documents(
    session: Session, officer: Officer, ranked: _Ranked, most: int, *within: ColumnElement[bool]
) -> Sequence[int]:
    """The latest documents that have the words.

    The sum keeps PostgreSQL from reading them by their ids, all of them where a word is rarer than it guesses.
    """
    found = select(SearchDocument.id).where(
        SearchDocument.municipality == officer.municipality, ranked.of_document, *within
    )
    return session.scalars(found.order_by((SearchDocument.id + 0).desc()).limit(most)).all()


def _cases_of(
    session: Session, officer: Officer, ranked: _Ranked, ids: Sequence[int], most: int
) -> list[Row[*tuple[Any, ...]]]:
    if not ids or not most:
        return []
    return list(session.execute(_seen(officer, ranked, SearchDocument.id.in_(ids)).limit(most)))


def _before(document: int | None) -> ColumnElement[bool]:
    return true() if document is None else SearchDocument.id < document


def _seen(officer: Officer, ranked: _Ranked, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    regime = SubmissionCopy.handling["legal_regime"].as_string().label("regime")
    columns = (Case, SubmissionCopy.title, regime, SearchDocument.place, SearchDocument.id.label("document"))
    query = select(*columns).join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    query = query.join(SearchDocument, SearchDocument.case_id == Case.id)
    return query.where(officer.sees, ranked.of_case, *conditions).order_by(SearchDocument.id.desc())


def _ranked(words: SearchWords, dialect: str, after: SearchPosition | None) -> Iterator[_Ranked]:
    """The conditions of each rank from where the page begins: what a better rank has found, no other finds again."""
    by_number = has_number(words.written)
    conditions = [_Ranked(Rank.NUMBER, by_number, true())]
    if words.indexed:
        have, has = _HAVE[dialect], _HAS[dialect]
        in_head = and_(*(has(SearchDocument.head, word) for word in words.words))
        for rank, column, besides in (
            (Rank.HEAD, SearchDocument.head, true()),
            (Rank.TEXT, SearchDocument.whole, not_(in_head)),
        ):
            short = (has(column, word) for word in words.short)
            conditions.append(_Ranked(rank, not_(by_number), and_(have(column, words.indexed), *short, besides)))
    yield from (each for each in conditions if after is None or each.rank >= after.rank)


def _have_by_trigrams(column: Column, words: Sequence[str]) -> ColumnElement[bool]:
    """On PostgreSQL: the index knows the column's trigrams, and LIKE without ESCAPE makes use of them."""
    return and_(*(column.like(f"%{_escaped(word)}%") for word in words))


def _have_by_fts5(column: Column, words: Sequence[str]) -> ColumnElement[bool]:
    """On SQLite: each word is a phrase of trigrams."""
    quoted = (word.replace('"', '""') for word in words)
    phrases = " AND ".join(f'"{word}"' for word in quoted)
    matching = text("SELECT rowid FROM search_index WHERE search_index MATCH :phrases")
    found = matching.bindparams(phrases=f"{{{column.key}}} : ({phrases})").columns(rowid=SearchDocument.id.type)
    return SearchDocument.id.in_(found)


_HAVE: dict[str, Callable[[Column, Sequence[str]], ColumnElement[bool]]] = {
    "postgresql": _have_by_trigrams,
    "sqlite": _have_by_fts5,
}
# That a column has a word, whatever is indexed.
_HAS: dict[str, Callable[[Column, str], ColumnElement[bool]]] = {
    "postgresql": lambda column, word: func.strpos(column, word) > 0,
    "sqlite": lambda column, word: func.instr(column, word) > 0,
}


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
