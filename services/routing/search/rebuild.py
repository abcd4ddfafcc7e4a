"""Writing anew what cases may be found by: for those from before there was a search, and after the key has changed."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import Case, JournalEntry, SubmissionCopy
from services.routing.search.documents import document, key_of, texts_of
from services.routing.search.models import SearchDocument
from shared.bulk import upsert_rows

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
    """Write the documents of cases anew that the caller has locked, in the caller's transaction."""
    upsert_rows(session.connection(), SearchDocument, _documents(session, cases), _replaced)


def _next_cases(session: Session, after: Case | None) -> Sequence[Case]:
    query = select(Case).order_by(Case.registered_at, Case.id).limit(BATCH).with_for_update()
    if after is not None:
        later = (Case.registered_at > after.registered_at) | (
            (Case.registered_at == after.registered_at) & (Case.id > after.id)
        )
        query = query.where(later)
    return session.scalars(query).all()


def _documents(session: Session, cases: Sequence[Case]) -> list[dict[str, Any]]:
    ids = [case.id for case in cases]
    contents = {
        each.case_id: each for each in session.scalars(select(SubmissionCopy).where(SubmissionCopy.case_id.in_(ids)))
    }
    texts: dict[UUID, list[str]] = {case_id: [] for case_id in ids}
    entries = select(JournalEntry.case_id, JournalEntry.data).where(JournalEntry.case_id.in_(ids))
    for case_id, data in session.execute(entries.order_by(JournalEntry.case_id, JournalEntry.sequence)):
        texts[case_id] += texts_of(data)
    return [document(case, vars(contents[case.id]), key_of(session), texts[case.id]) for case in cases]


def _replaced(insert: Any) -> Any:
    names = ("municipality", "place", "head", "whole")
    return insert.on_conflict_do_update(
        index_elements=[SearchDocument.case_id], set_={name: insert.excluded[name] for name in names}
    )
