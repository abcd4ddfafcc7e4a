"""A received submission becomes a case: numbered in its board's register, routed by the rules, given its deadline."""

from datetime import datetime
from uuid import uuid4

import structlog
from prometheus_client import Counter
from sqlalchemy.orm import Session

from services.routing.cases import journal
from services.routing.cases.models import Case, JournalEntry, SubmissionCopy
from services.routing.cases.publish import case_fields, publish
from services.routing.cases.state_machine import INITIAL
from services.routing.organisation.organisation import Board, Organisation
from services.routing.queues.external import publish_to_queue
from services.routing.registration.after_commit import after_commit
from services.routing.registration.due_date import due_by
from services.routing.registration.number_series import next_number
from services.routing.rules.rules import Explanation, Facts, why
from shared.events.intake import Deadline, SubmissionReceived
from shared.events.payloads import plain
from shared.events.routing import CaseQueued, CaseRegistered
from shared.municipalities import LANGUAGES
from shared.swedish.time import STOCKHOLM

REGISTERED = Counter("routing_cases_registered", "Cases registered.", ["municipality", "eservice"])
ROUTED = Counter("routing_cases_routed", "Cases put in a queue, by the rule that did it.", ["municipality", "rule"])
UNMATCHED = Counter("routing_cases_unmatched", "Cases that no rule matched.", ["municipality", "eservice"])
FAULTS = Counter("routing_rule_faults", "Rules with a condition that could not be tried.", ["municipality", "rule"])

log = structlog.get_logger(__name__)


def register(received: SubmissionReceived, organisation: Organisation, *, session: Session, now: datetime) -> None:
    """Register the submission's case, once, in the caller's transaction; tell that it is registered and queued."""
    explanation = organisation.route(facts_of(received))
    case = _numbered_case(received, organisation, explanation, session, now)
    if case is None:
        return
    session.add_all([case, _content(case, received, explanation)])
    registered = _tell_registered(session, case, received.handling.deadline, organisation, now)
    _tell_queued(session, case, explanation, organisation, previous=registered.hash, now=now)
    after_commit(session, lambda: _count(case, explanation))


def facts_of(received: SubmissionReceived) -> Facts:
    """What rules may look at: what is known of every submission, and `facts.<name>` for what the e-service gives."""
    return {
        "eservice": received.eservice,
        "language": received.language,
        "anonymous": received.submitter is None,
        "has_attachments": bool(received.attachments),
        "received_hour": received.received_at.astimezone(STOCKHOLM).hour,
        **{f"facts.{name}": value for name, value in received.facts.items()},
    }


def _numbered_case(
    received: SubmissionReceived, organisation: Organisation, explanation: Explanation, session: Session, now: datetime
) -> Case | None:
    """The case with its number; None when the submission has a case already."""
    queue = organisation.queues[explanation.queue]
    register_board = _register_board(received, organisation, queue.board)
    given = next_number(session, organisation.municipality, register_board, received.submission_id, now=now)
    if given is None:
        return None
    year, number = given
    secret = received.handling.secrecy is not None
    sender = received.submitter.name if received.submitter else None
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
        public_sender=None if secret else sender,
        secret=secret,
        board=queue.board,
        queue=queue.code,
        state=INITIAL,
        received_at=received.received_at,
        registered_at=now,
        due_by=due_by(received.received_at, received.handling.deadline),
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


def _tell_registered(
    session: Session, case: Case, deadline: Deadline | None, organisation: Organisation, now: datetime
) -> JournalEntry:
    board = organisation.boards[case.register_board]
    data = {"number": case.number, "board": board.code, "received_at": case.received_at, "due_on": case.due_on}
    entry = journal.append(session, case, journal.REGISTER, data, actor=None, at=now, previous="")
    fact = CaseRegistered(
        **case_fields(case, now),
        board=board.code,
        board_name=dict(board.name),
        due_on=case.due_on,
        due_basis=deadline.basis if deadline else None,
    )
    publish(session, case, fact, sequence=entry.sequence, at=now)
    return entry


def _tell_queued(
    session: Session, case: Case, explanation: Explanation, organisation: Organisation, *, previous: str, now: datetime
) -> None:
    queue = organisation.queues[case.queue]
    kept = explanation.as_data()
    reason = {language: why(kept, language) for language in LANGUAGES}
    data = {"queue": queue.code, "queue_name": queue.name, "reason": reason}
    entry = journal.append(session, case, journal.QUEUE, data, actor=None, at=now, previous=previous)
    fact = CaseQueued(**case_fields(case, now), queue=queue.code, queue_name=dict(queue.name), reason=reason)
    publish(session, case, fact, sequence=entry.sequence, at=now)
    publish_to_queue(session, case, queue, reason, sequence=entry.sequence, at=now)


def _count(case: Case, explanation: Explanation) -> None:
    REGISTERED.labels(case.municipality, case.eservice).inc()
    if explanation.winner is None:
        UNMATCHED.labels(case.municipality, case.eservice).inc()
    else:
        ROUTED.labels(case.municipality, explanation.winner).inc()
    for rule in explanation.faults:
        FAULTS.labels(case.municipality, rule).inc()
