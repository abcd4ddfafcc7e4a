"""The case register: numbers in a board's own series, one series a year, without a gap."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from services.routing.cases.models import Case
from services.routing.registration.models import Series
from shared.bulk import one_of, upsert_rows


class SeriesKey(NamedTuple):
    """Which series: that of a board's register in a year."""

    municipality: str
    board: str
    year: int


def take_numbers(session: Session, wanted: Mapping[UUID, SeriesKey]) -> dict[UUID, int]:
    """The next numbers of the submissions' series, in their order; none for one that has its case already.

    To be called as late as can be in the transaction that registers the cases: until it ends, other registrations in
    these series wait. So a roll-back leaves no gap, and no submission gets two cases.
    """
    connection = session.connection()
    asked = Counter(wanted.values())
    last = _advance(connection, asked)
    registered = _registered(connection, wanted)
    new = {submission: series for submission, series in wanted.items() if submission not in registered}
    if registered:
        not_needed = asked - Counter(new.values())
        _advance(connection, {series: -number for series, number in not_needed.items()})
    numbers = {series: count(last[series] - asked[series] + 1) for series in asked}
    return {submission: next(numbers[series]) for submission, series in new.items()}


def _advance(connection: Connection, by: Mapping[SeriesKey, int]) -> dict[SeriesKey, int]:
    """Advance each series by so many numbers and lock it; the last number of each then.

    They are locked in one order: two batches that need the same ones do not wait for each other.
    """
    rows = [{**series._asdict(), "last": by[series]} for series in sorted(by)]
    advanced = upsert_rows(connection, Series, rows, _advanced)
    return {SeriesKey(row.municipality, row.board, row.year): row.last for row in advanced}


def _advanced(insert: Any) -> Any:
    key = (Series.municipality, Series.board, Series.year)
    advanced = insert.on_conflict_do_update(index_elements=key, set_={"last": Series.last + insert.excluded.last})
    return advanced.returning(*key, Series.last)


def _registered(connection: Connection, submissions: Iterable[UUID]) -> set[UUID]:
    """Those that have a case. Read when their series are locked, so that no other transaction registers them now."""
    return set(connection.scalars(_cases_of(), {"submissions": list(submissions)}))


@cache
def _cases_of() -> Any:
    return select(Case.submission_id).where(one_of(Case.submission_id, "submissions"))
