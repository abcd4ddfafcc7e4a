"""Received submissions become cases: numbered in their board's register, put in their queues, published."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import event
from sqlalchemy.orm import Session

from services.routing.cases import journal
from services.routing.cases.models import Case, JournalEntry, SubmissionCopy
from services.routing.cases.publish import case_fields, outbox_row
from services.routing.context import UnknownMunicipality
from services.routing.models import Outbox
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import UNNAMED_PROTECTED_QUEUE, Organisation
from services.routing.queues.external import rows_for_queue
from services.routing.registration.draft import Draft, NewCase, draft
from services.routing.registration.number_series import take_numbers
from services.routing.related.likenesses import likenesses
from services.routing.related.models import Likeness
from services.routing.search.documents import document, key_of, places_of
from services.routing.search.models import SearchDocument
from shared.bulk import insert_rows
from shared.bus.event_processor import OpenedEvent
from shared.events.intake import SubmissionReceived
from shared.events.payloads import plain
from shared.events.routing import CaseQueued, CaseRegistered
from shared.observability.tracing import trace

REGISTERED = Counter("routing_cases_registered", "Cases registered.", ["municipality", "eservice"])
ROUTED = Counter("routing_cases_routed", "Cases put in a queue, by the rule that did it.", ["municipality", "rule"])
UNMATCHED = Counter("routing_cases_unmatched", "Cases that no rule matched.", ["municipality", "eservice"])
RULE_ERRORS = Counter(
    "routing_rule_errors", "Rules with a condition that could not be tried.", ["municipality", "rule"]
)

log = structlog.get_logger(__name__)


def register(
    opened: Sequence[OpenedEvent[SubmissionReceived]],
    organisations: Mapping[str, Organisation],
    *,
    session: Session,
    now: datetime,
) -> None:
    """Register each submission's case, once, in the caller's transaction; publish that it is registered and queued.

    What needs no number is done first, for other registrations wait from when the numbers are taken. Raises
    UnknownMunicipality.
    """
    drafts = {each.payload.submission_id: _draft(each, organisations, now) for each in opened}
    numbers = take_numbers(session, {submission: each.series for submission, each in drafts.items()})
    tables = (Case, SubmissionCopy, SearchDocument, Likeness, JournalEntry, Outbox)
    rows: dict[type[Any], list[Any]] = {table: [] for table in tables}
    for submission, number in numbers.items():
        for table, its_rows in _rows(drafts[submission], number, key_of(session), now).items():
            rows[table] += its_rows
    insert_rows(session.connection(), rows)
    registered = [drafts[submission] for submission in numbers]
    event.listen(session, "after_commit", lambda _: _count(registered), once=True)


def _draft(opened: OpenedEvent[SubmissionReceived], organisations: Mapping[str, Organisation], now: datetime) -> Draft:
    municipality, traceparent = opened.event.municipality, opened.event.traceparent
    if municipality not in organisations:
        raise UnknownMunicipality(municipality)
    with trace(traceparent):
        return draft(opened.payload, organisations[municipality], traceparent=traceparent, now=now)


def _rows(drafted: Draft, number: int, search_key: str, now: datetime) -> dict[type[Any], list[dict[str, Any]]]:
    """What is inserted for a case, by table."""
    case = drafted.numbered(number)
    entries = journal.first_entries(case, _journaled(drafted, case), actor=_entered_by(drafted, case), at=now)
    with trace(drafted.traceparent):
        published = _published(drafted, case, now)
    content = plain(drafted.content)
    return {
        Case: [vars(case) | {"sequence": len(entries)}],
        SubmissionCopy: [drafted.content],
        SearchDocument: [document(case, content, search_key)],
        Likeness: likenesses(case, content, places_of(content), search_key),
        JournalEntry: entries,
        Outbox: published,
    }


def _journaled(drafted: Draft, case: NewCase) -> list[tuple[str, dict[str, Any]]]:
    """The journal's first two actions, and their data."""
    queue = drafted.routing.queue
    registered = {
        "number": case.number,
        "board": case.register_board,
        "received_at": case.received_at,
        "due_on": drafted.due_on,
        "deadline": plain(drafted.deadline),
        **_arrival(drafted),
    }
    queued = {"queue": queue.code, "queue_name": queue.name, "reason": drafted.reason}
    return [(journal.REGISTER, registered), (journal.QUEUE, queued)]


def _arrival(drafted: Draft) -> dict[str, Any]:
    """What the journal has of how it came, where an officer has entered it."""
    arrival = drafted.arrival
    return {"channel": str(arrival.channel), "received_on": arrival.received_on} if arrival else {}


def _entered_by(drafted: Draft, case: NewCase) -> Officer | None:
    """The officer who has entered it: in the journal that is who had it registered."""
    arrival = drafted.arrival
    if arrival is None:
        return None
    return Officer(arrival.officer_subject, arrival.officer_name, case.municipality, boards=frozenset())


def _published(drafted: Draft, case: NewCase, now: datetime) -> list[dict[str, Any]]:
    board, queue = drafted.register_board, drafted.routing.queue
    registered = CaseRegistered(
        **case_fields(case, now),
        board=board.code,
        board_name=dict(board.name),
        due_on=drafted.due_on,
        due_basis=drafted.deadline.basis if drafted.deadline else None,
        protected=case.protected,
    )
    queued = CaseQueued(**case_fields(case, now), queue=queue.code, queue_name=dict(queue.name), reason=drafted.reason)
    return [
        outbox_row(case, registered, sequence=1, at=now),
        outbox_row(case, queued, sequence=2, at=now),
        *rows_for_queue(case, queue, queued, sequence=2, at=now),
    ]


def _count(drafts: Sequence[Draft]) -> None:
    for each in drafts:
        case, routing = each.case, each.routing
        REGISTERED.labels(case.municipality, case.eservice).inc()
        if routing.rule is None:
            UNMATCHED.labels(case.municipality, case.eservice).inc()
        else:
            ROUTED.labels(case.municipality, routing.rule.name).inc()
        for rule in routing.rules_with_errors:
            RULE_ERRORS.labels(case.municipality, rule).inc()
        if case.queue == UNNAMED_PROTECTED_QUEUE:
            log.error("protected_case_unseen", case_id=str(case.id), municipality=case.municipality)
