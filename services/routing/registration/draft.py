"""A received submission as the case that it becomes: routed and whole, but for its number. Nothing is stored here."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

import structlog

from services.routing.cases.models import NO_DEADLINE
from services.routing.cases.state_machine import INITIAL, State
from services.routing.organisation.organisation import Board, Organisation, Routing
from services.routing.registration.number_series import SeriesKey
from services.routing.rules.facts import facts_of
from services.routing.rules.rules import Priority
from shared.events.intake import Arrival, Deadline, SubmissionReceived
from shared.municipalities import LANGUAGES
from shared.swedish.law import OnExpiry
from shared.swedish.time import STOCKHOLM, local_date
from shared.swedish.working_days import last_day

NOON = time(12)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """The row of a case when it is registered; the columns of `Case` that it lacks are then null."""

    id: UUID
    municipality: str
    number: str = ""
    register_board: str
    register_year: int
    register_number: int = 0
    submission_id: UUID
    reference: str
    eservice: str
    eservice_title: dict[str, str]
    language: str
    public_title: dict[str, str]
    public_submitter: str | None
    secret: bool
    protected: bool
    board: str
    queue: str
    priority: Priority
    tags: list[str]
    state: State = INITIAL
    received_at: datetime
    registered_at: datetime
    due_by: date
    sequence: int = 0
    undelivered: bool = False
    on_expiry: OnExpiry = OnExpiry.ALERT


@dataclass(frozen=True)
class Draft:
    """A case to be registered, without its number as yet, and why it goes into its queue, by language.

    `content` is the row of its submission's copy; `arrival` how it came, where an officer has entered it; `traceparent`
    the trace of the event that it came with.
    """

    case: NewCase
    content: dict[str, Any]
    register_board: Board
    routing: Routing
    reason: dict[str, str]
    deadline: Deadline | None
    arrival: Arrival | None
    traceparent: str

    @property
    def series(self) -> SeriesKey:
        """The series that the case gets its number from."""
        return SeriesKey(self.case.municipality, self.case.register_board, self.case.register_year)

    @property
    def due_on(self) -> date | None:
        """The last day to decide, where there is one."""
        return self.case.due_by if self.deadline else None

    def numbered(self, number: int) -> NewCase:
        """The case with this number of its series."""
        board, year = self.register_board, self.case.register_year
        shown = board.number_pattern.format(board=board.code, year=year, number=number)
        return replace(self.case, number=shown, register_number=number)


def draft(received: SubmissionReceived, organisation: Organisation, *, traceparent: str, now: datetime) -> Draft:
    """Route the submission by the organisation's rules, and draft its case."""
    secret = received.handling.secrecy is not None
    routing = organisation.route(
        facts_of(received), board=received.handling.board, secret=secret, today=received.received_on
    )
    if routing.rule and routing.rule.deadline:
        received = replace(received, handling=replace(received.handling, deadline=routing.rule.deadline))
    deadline = received.handling.deadline
    register_board = _register_board(received, organisation, routing.queue.board)
    case = NewCase(
        id=uuid4(),
        municipality=organisation.municipality,
        register_board=register_board.code,
        register_year=local_date(now).year,
        submission_id=received.submission_id,
        reference=received.reference,
        eservice=received.eservice,
        eservice_title=received.eservice_title,
        language=received.language,
        public_title=received.eservice_title if secret else received.title,
        public_submitter=received.submitter.name if received.submitter and not secret else None,
        secret=secret,
        protected=routing.queue.protected,
        board=routing.queue.board,
        queue=routing.queue.code,
        priority=routing.rule.priority if routing.rule else Priority.NORMAL,
        tags=list(routing.rule.tags) if routing.rule else [],
        received_at=_received_at(received),
        registered_at=now,
        due_by=_due_by(received.received_on, deadline),
        on_expiry=deadline.on_expiry if deadline else OnExpiry.ALERT,
    )
    return Draft(
        case=case,
        content=_content(case, received, routing),
        register_board=register_board,
        routing=routing,
        reason={language: routing.explanation.why(language) for language in LANGUAGES},
        deadline=deadline,
        arrival=received.arrival,
        traceparent=traceparent,
    )


def _register_board(received: SubmissionReceived, organisation: Organisation, queue_board: str) -> Board:
    """The e-service's board; where the municipality has no such board, the one whose queue the case is put in."""
    named = organisation.boards.get(received.handling.board)
    if named is None:
        log.warning("unknown_board", eservice=received.eservice, board=received.handling.board)
    return named or organisation.boards[queue_board]


def _content(case: NewCase, received: SubmissionReceived, routing: Routing) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "municipality": case.municipality,
        "title": received.title,
        "submitter": received.submitter,
        "eservice_version": received.eservice_version,
        "handling": received.handling,
        "facts": received.facts,
        "answers": received.answers,
        "attachments": received.attachments,
        "explanation": routing.explanation,
    }


def _received_at(received: SubmissionReceived) -> datetime:
    """When it reached the municipality: at noon of its day, where that is earlier than it was entered."""
    if received.received_on == local_date(received.received_at):
        return received.received_at
    return datetime.combine(received.received_on, NOON, STOCKHOLM).astimezone(UTC)


def _due_by(received_on: date, deadline: Deadline | None) -> date:
    """The last day, counted from the day in Sweden that the submission was received; NO_DEADLINE without a deadline."""
    if deadline is None:
        return NO_DEADLINE
    return last_day(received_on, deadline.amount, deadline.unit)
