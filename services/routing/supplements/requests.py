"""Supplement requests: which are open, which a supplement answers, and how they end. Each is a record of its own."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.cases.models import Case
from services.routing.cases.state_machine import State
from services.routing.supplements.models import RequestOutcome, SupplementRequest
from shared.bulk import one_of


def open_requests(session: Session, cases: Collection[Case]) -> dict[UUID, list[SupplementRequest]]:
    """The open requests of cases that the caller has locked, by case, the oldest first; by one statement."""
    found: dict[UUID, list[SupplementRequest]] = {case.id: [] for case in cases}
    query = _open_of_cases()
    for request in session.scalars(query, {"cases": [case.id for case in cases]}):
        found[request.case_id].append(request)
    return found


def requests_of(session: Session, case_id: UUID) -> list[SupplementRequest]:
    """All requests of a case, the oldest first."""
    query = select(SupplementRequest).where(SupplementRequest.case_id == case_id)
    return list(session.scalars(query.order_by(SupplementRequest.requested_at)))


def end(
    case: Case,
    requests: Iterable[SupplementRequest],
    outcome: RequestOutcome,
    *,
    among: Iterable[SupplementRequest],
    at: datetime,
) -> None:
    """End the requests, which are `among` the case's open ones; the case goes on when nothing is awaited any more."""
    for request in requests:
        request.ended_at, request.outcome = at, outcome
    case.answer_by = min((each.answer_by for each in among if each.ended_at is None), default=None)
    if case.answer_by is None and case.state == State.AWAITING_SUPPLEMENT:
        case.state = State.ASSIGNED


@cache
def _open_of_cases() -> Any:
    query = select(SupplementRequest).where(
        one_of(SupplementRequest.case_id, "cases"), SupplementRequest.ended_at.is_(None)
    )
    return query.order_by(SupplementRequest.requested_at)
