"""Writing anew what cases may be found by, and what they have in common: for those from before there was a search, and
after the key has changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import Case, JournalEntry, SubmissionCopy
from services.routing.related.likenesses import likenesses
from services.routing.related.models import Likeness
from services.routing.search.documents import document, key_of, places_of, texts_of
from services.routing.search.models import SearchDocument
from shared.bulk import insert_rows, upsert_rows

BATCH = 200


def rebuild(sessions: sessionmaker[Session]) -> Iterator[int]:
    """Write each case's document anew, in the order that they were registered; how many there are after each batch.

    Each batch is a transaction that has its cases locked, so that no action is lost; it may be run at any time.
    """
    count, after = 0, None
    while True:
        with sessions.begin() as session:
            cases = _next_cases(session, after)
            if not cases:
                return
            rewrite(session, cases)
        after = cases[-1]
        count += len(cases)
        yield count


def rewrite(session: Session, cases: Sequence[Case]) -> None:
    """Write anew what cases are found by that the caller has locked, in the caller's transaction."""
    contents = _contents(session, cases)
    upsert_rows(session.connection(), SearchDocument, _documents(session, cases, contents), _replaced)
    session.execute(delete(Likeness).where(Likeness.case_id.in_(contents)))
    insert_rows(session.connection(), {Likeness: _likenesses(session, cases, contents)})


def _next_cases(session: Session, after: Case | None) -> Sequence[Case]:
    query = select(Case).order_by(Case.registered_at, Case.id).limit(BATCH).with_for_update()
    if after is not None:
        later = (Case.registered_at > after.registered_at) | (
            (Case.registered_at == after.registered_at) & (Case.id > after.id)
        )
        query = query.where(later)
    return session.scalars(query).all()


def _contents(session: Session, cases: Sequence[Case]) -> dict[UUID, dict[str, Any]]:
    of_cases = select(SubmissionCopy).where(SubmissionCopy.case_id.in_([case.id for case in cases]))
    return {each.case_id: vars(each) for each in session.scalars(of_cases)}


def _likenesses(
    session: Session, cases: Sequence[Case], contents: Mapping[UUID, dict[str, Any]]
) -> list[dict[str, Any]]:
    key = key_of(session)
    return [row for case in cases for row in likenesses(case, contents[case.id], places_of(contents[case.id]), key)]


def _documents(
    session: Session, cases: Sequence[Case], contents: Mapping[UUID, dict[str, Any]]
) -> list[dict[str, Any]]:
    texts: dict[UUID, list[str]] = {case.id: [] for case in cases}
    entries = select(JournalEntry.case_id, JournalEntry.data).where(JournalEntry.case_id.in_(contents))
    for case_id, data in session.execute(entries.order_by(JournalEntry.case_id, JournalEntry.sequence)):
        texts[case_id] += texts_of(data)
    return [document(case, contents[case.id], key_of(session), texts[case.id]) for case in cases]


def _replaced(insert: Any) -> Any:
    names = ("municipality", "place", "head", "whole")
    return insert.on_conflict_do_update(
        index_elements=[SearchDocument.case_id], set_={name: insert.excluded[name] for name in names}
    )
