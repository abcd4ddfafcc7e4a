"""Whether the latest notification reached the submitter: an officer must see when one did not.

Events come in any order, and nearly all say that one did. So the times are kept apart from the cases, and those change
only where a notification has failed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, or_, update
from sqlalchemy.orm import Session

from services.routing.cases import journal
from services.routing.cases.find_case import known_cases_of_submissions
from services.routing.cases.models import Case, DeliveryStatus
from services.routing.updates.record import record as record_update
from shared.bulk import upsert_rows
from shared.bus.event_processor import OpenedEvent
from shared.events.notify import NotificationFailed, NotificationPayload


def record(opened: Sequence[OpenedEvent[NotificationPayload]], *, session: Session, now: datetime) -> None:
    """Note the outcomes of notifications; what failed goes into the journal, and marks the case until a later arrives.

    What was delivered has no journal entry: that is the normal case and would fill the journal. Raises CaseNotKnownYet
    when one failed about a submission that has no case.
    """
    connection = session.connection()
    marks = _keep_latest(connection, opened)
    failed = [each for each in opened if isinstance(each.payload, NotificationFailed)]
    if failed:
        _journal(session, failed, now)
    if marks:
        connection.execute(_MARK, marks)


def _keep_latest(connection: Connection, opened: Sequence[OpenedEvent[NotificationPayload]]) -> list[dict[str, Any]]:
    """Keep the latest time of each outcome; for each submission of which one ever failed, whether that was the last."""
    rows = _latest(opened)
    kept = upsert_rows(connection, DeliveryStatus, [rows[key] for key in sorted(rows)], _kept_if_later)
    return [
        {
            "within": row.municipality,
            "of": row.submission_id,
            "failed_last": row.delivered_at is None or row.failed_at > row.delivered_at,
        }
        for row in kept
        if row.failed_at is not None
    ]


def _latest(opened: Sequence[OpenedEvent[NotificationPayload]]) -> dict[tuple[str, UUID], dict[str, Any]]:
    """The latest time of each outcome among the events, by municipality and submission."""
    rows: dict[tuple[str, UUID], dict[str, Any]] = {}
    for each in opened:
        outcome = each.payload
        key = each.event.municipality, outcome.submission_id
        never = {"municipality": key[0], "submission_id": key[1], "delivered_at": None, "failed_at": None}
        row = rows.setdefault(key, never)
        name = "failed_at" if isinstance(outcome, NotificationFailed) else "delivered_at"
        row[name] = max(row[name] or outcome.at, outcome.at)
    return rows


def _kept_if_later(insert: Any) -> Any:
    key = [DeliveryStatus.municipality, DeliveryStatus.submission_id]
    times = [DeliveryStatus.delivered_at, DeliveryStatus.failed_at]
    later = {time.key: _later(time, insert.excluded[time.key]) for time in times}
    return insert.on_conflict_do_update(index_elements=key, set_=later).returning(*key, *times)


def _later(kept: Any, new: Any) -> Any:
    return case((or_(kept.is_(None), new > kept), new), else_=kept)


def _journal(session: Session, failed: Sequence[OpenedEvent[Any]], now: datetime) -> None:
    cases = known_cases_of_submissions(session, failed)
    last = journal.last_hashes(session, cases.values())
    for each in failed:
        its_case, failure = cases[each.payload.submission_id], each.payload
        data = {
            "message": failure.message,
            "channel": failure.channel,
            "cause": failure.cause,
            "failed_at": failure.at,
        }
        entry = journal.append(
            session, its_case, journal.DELIVERY_FAILED, data, actor=None, at=now, previous=last[its_case.id]
        )
        record_update(session, entry, [its_case.officer_subject])
        last[its_case.id] = entry.hash


_MARK = (
    update(Case)
    .where(
        Case.municipality == bindparam("within"),
        Case.submission_id == bindparam("of"),
        Case.undelivered != bindparam("failed_last"),
    )
    .values(undelivered=bindparam("failed_last"))
)
