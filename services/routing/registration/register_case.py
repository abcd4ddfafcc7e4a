"""A received submission becomes a case: numbered in its board's register, routed by the rules, given its deadline."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

import structlog
from prometheus_client import Counter
from sqlalchemy import event
from sqlalchemy.orm import Session

from services.routing.cases import journal
from services.routing.cases.models import NO_DEADLINE, Case, JournalEntry, SubmissionCopy
from services.routing.cases.publish import case_fields, publish
from services.routing.cases.state_machine import INITIAL
from services.routing.organisation.organisation import UNNAMED_PROTECTED_QUEUE, Board, Organisation, Routing
from services.routing.queues.external import publish_to_queue
from services.routing.registration.number_series import next_number
from services.routing.rules.explanation import Explanation, why
from services.routing.rules.facts import facts_of
from services.routing.rules.rules import Priority
from shared.events.intake import Deadline, SubmissionReceived
from shared.events.payloads import plain
from shared.events.routing import CaseQueued, CaseRegistered
from shared.municipalities import LANGUAGES
from shared.swedish.time import local_date
from shared.swedish.working_days import last_day

REGISTERED = Counter("routing_cases_registered", "Cases registered.", ["municipality", "eservice"])
ROUTED = Counter("routing_cases_routed", "Cases put in a queue, by the rule that did it.", ["municipality", "rule"])
UNMATCHED = Counter("routing_cases_unmatched", "Cases that no rule matched.", ["municipality", "eservice"])
RULE_ERRORS = Counter(
    "routing_rule_errors", "Rules with a condition that could not be tried.", ["municipality", "rule"]
)

log = structlog.get_logger(__name__)


def register(received: SubmissionReceived, organisation: Organisation, *, session: Session, now: datetime) -> None:
    """Register the submission's case, once, in the caller's transaction; publish that it is registered and queued."""
    routing = organisation.route(
        facts_of(received),
        board=received.handling.board,
        secret=received.handling.secrecy is not None,
        today=local_date(received.received_at),
    )
    if routing.rule and routing.rule.deadline:
        received = replace(received, handling=replace(received.handling, deadline=routing.rule.deadline))
    case = _numbered_case(received, organisation, routing, session, now)
    if case is None:
        return
    session.add_all([case, _content(case, received, routing.explanation)])
    registered = _publish_registered(session, case, received.handling.deadline, organisation, now)
    _publish_queued(session, case, routing, previous=registered.hash, now=now)
    after_commit(session, lambda: _count(case, routing))


def _numbered_case(
    received: SubmissionReceived, organisation: Organisation, routing: Routing, session: Session, now: datetime
) -> Case | None:
    """The case with its number; None when the submission has a case already."""
    queue = routing.queue
    register_board = _register_board(received, organisation, queue.board)
    year_and_number = next_number(session, organisation.municipality, register_board, received.submission_id, now=now)
    if year_and_number is None:
        return None
    year, number = year_and_number
    secret = received.handling.secrecy is not None
    submitter = received.submitter.name if received.submitter else None
    return Case(
        id=uuid4(),
        municipality=organisation.municipality,
        number=register_board.number_pattern.format(board=register_board.code, year=year, number=number),
        register_board=register_board.code,
        register_year=year,
        register_number=number,
        submission_id=received.submission_id,
        reference=received.reference,
        eservice=received.eservice,
        eservice_title=received.eservice_title,
        language=received.language,
        public_title=received.eservice_title if secret else received.title,
        public_submitter=None if secret else submitter,
        secret=secret,
        protected=queue.protected,
        board=queue.board,
        queue=queue.code,
        priority=routing.rule.priority if routing.rule else Priority.NORMAL,
        tags=list(routing.rule.tags) if routing.rule else [],
        state=INITIAL,
        received_at=received.received_at,
        registered_at=now,
        due_by=_due_by(received.received_at, received.handling.deadline),
        sequence=0,
    )


def _register_board(received: SubmissionReceived, organisation: Organisation, queue_board: str) -> Board:
    """The e-service's board; where the municipality has no such board, the one whose queue the case is put in."""
    named = organisation.boards.get(received.handling.board)
    if named is None:
        log.warning("unknown_board", eservice=received.eservice, board=received.handling.board)
    return named or organisation.boards[queue_board]


def _content(case: Case, received: SubmissionReceived, explanation: Explanation) -> SubmissionCopy:
    return SubmissionCopy(
        case_id=case.id,
        municipality=case.municipality,
        title=received.title,
        submitter=plain(received.submitter),
        eservice_version=received.eservice_version,
        handling=plain(received.handling),
        facts=received.facts,
        answers=plain(received.answers),
        attachments=plain(received.attachments),
        explanation=explanation.as_data(),
    )


def _publish_registered(
    session: Session, case: Case, deadline: Deadline | None, organisation: Organisation, now: datetime
) -> JournalEntry:
    board = organisation.boards[case.register_board]
    data = {"number": case.number, "board": board.code, "received_at": case.received_at, "due_on": case.due_on}
    entry = journal.append(session, case, journal.REGISTER, data, actor=None, at=now, previous="")
    payload = CaseRegistered(
        **case_fields(case, now),
        board=board.code,
        board_name=dict(board.name),
        due_on=case.due_on,
        due_basis=deadline.basis if deadline else None,
        protected=case.protected,
    )
    publish(session, case, payload, sequence=entry.sequence, at=now)
    return entry


def _publish_queued(session: Session, case: Case, routing: Routing, *, previous: str, now: datetime) -> None:
    queue = routing.queue
    kept = routing.explanation.as_data()
    reason = {language: why(kept, language) for language in LANGUAGES}
    data = {"queue": queue.code, "queue_name": queue.name, "reason": reason}
    entry = journal.append(session, case, journal.QUEUE, data, actor=None, at=now, previous=previous)
    payload = CaseQueued(**case_fields(case, now), queue=queue.code, queue_name=dict(queue.name), reason=reason)
    publish(session, case, payload, sequence=entry.sequence, at=now)
    publish_to_queue(session, case, queue, reason, sequence=entry.sequence, at=now)


def _due_by(received_at: datetime, deadline: Deadline | None) -> date:
    """The last day, counted from the day in Sweden that the submission was received; NO_DEADLINE without a deadline."""
    if deadline is None:
        return NO_DEADLINE
    return last_day(local_date(received_at), deadline.amount, deadline.unit)


def _count(case: Case, routing: Routing) -> None:
    REGISTERED.labels(case.municipality, case.eservice).inc()
    if routing.rule is None:
        UNMATCHED.labels(case.municipality, case.eservice).inc()
    else:
        ROUTED.labels(case.municipality, routing.rule.name).inc()
    for rule in routing.rules_with_errors:
        RULE_ERRORS.labels(case.municipality, rule).inc()
    if case.queue == UNNAMED_PROTECTED_QUEUE:
        log.error("protected_case_unseen", case_id=str(case.id), municipality=case.municipality)


_COUNTS = "counts after commit"


def after_commit(session: Session, count: Callable[[], object]) -> None:
    """Call `count` when the session's transaction commits; never when it is rolled back."""
    session.info.setdefault(_COUNTS, []).append(count)


@event.listens_for(Session, "after_commit")
def _run_counts(session: Session) -> None:
    for count in session.info.pop(_COUNTS, ()):
        count()


@event.listens_for(Session, "after_rollback")
def _forget_counts(session: Session) -> None:
    session.info.pop(_COUNTS, None)
