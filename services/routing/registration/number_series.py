"""The case register: numbers in a board's own series, one series a year, without a gap."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, bindparam, exists, func, select
from sqlalchemy.orm import Session

from services.routing.cases.models import Case
from services.routing.organisation.organisation import Board
from services.routing.registration.models import Series
from shared.database import upsert
from shared.swedish.time import local_date


def next_number(
    session: Session, municipality: str, board: Board, submission_id: UUID, *, now: datetime
) -> tuple[int, int] | None:
    """The year in Sweden and the next number in the board's series; None when the submission has its case already.

    To be called in the transaction that registers the case: a roll-back leaves no gap, and another registration at
    the same time waits until it commits.
    """
    _wait_for_turn(session)
    year = local_date(now).year
    which = {"municipality": municipality, "board": board.code, "year": year, "submission_id": submission_id}
    number = session.connection().execute(_numbering(session.get_bind().dialect.name), which).scalar_one_or_none()
    return None if number is None else (year, number)


@cache
def _numbering(dialect: str) -> Any:
    """One statement, one round trip: take the next number unless the submission is registered."""
    known = exists().where(Case.submission_id == bindparam("submission_id", type_=Uuid()))
    first = select(
        bindparam("municipality", type_=Text()),
        bindparam("board", type_=Text()),
        bindparam("year", type_=Integer()),
        1,
    ).where(~known)
    return (
        upsert(dialect, Series)
        .from_select(["municipality", "board", "year", "last"], first)
        .on_conflict_do_update(
            index_elements=[Series.municipality, Series.board, Series.year], set_={"last": Series.last + 1}
        )
        .returning(Series.last)
    )


def _wait_for_turn(session: Session) -> None:
    """One transaction registers at a time: two batches that took the same series in opposite orders would deadlock.

    Nothing is lost by it, as each waits for the other's series anyway. SQLite has but one writer.
    """
    transaction = session.get_transaction()
    if session.get_bind().dialect.name == "postgresql" and session.info.get(_TURN) is not transaction:
        session.connection().execute(select(func.pg_advisory_xact_lock(func.hashtext(_TURN))))
        session.info[_TURN] = transaction


_TURN = "arende routing register"
