"""Where a submission stands: a projection of all events received about it, the same in whichever order they came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from services.intake.tracking.expected_times import measured
from services.intake.tracking.models import ReceivedEvent
from services.intake.tracking.received_events import payload_of
from shared.events.intake import SubmissionDecisionRequested
from shared.events.notify import NotificationPayload
from shared.events.routing import (
    CaseAssigned,
    CaseDeadline,
    CaseDecided,
    CaseDecisionRequested,
    CaseDecisionRequestRejected,
    CaseJoined,
    CaseMessageSent,
    CasePayload,
    CaseQueued,
    CaseRegistered,
    CaseReleased,
    CaseReopened,
    CaseSupplemented,
    CaseSupplementRequested,
    CaseSupplementRequestWithdrawn,
    CaseTimesMeasured,
    CaseTransferred,
    DeadlinePayload,
    SentDocument,
)
from shared.swedish.law import LegalRegime, first_day_to_request_decision

log = structlog.get_logger()

Payload = TypeVar("Payload")


class State(StrEnum):
    """Where a submission stands: `received` while there is no case, then the state of its case."""

    RECEIVED = "received"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    DECIDED = "decided"
    CLOSED = "closed"


_REGIMES = frozenset(LegalRegime)
ENDED = (State.DECIDED, State.CLOSED)


class UnknownDocument(Exception):
    """No officer has sent the submitter a file with this id."""


class UnknownReference(Exception):
    """The municipality has no submission with the reference."""


@dataclass(frozen=True)
class Timeline:
    """A submission and everything that has happened to it: `case` in the order of the case's own journal.

    Events that only a newer version can read are left out. `times`: how long such cases take. `sent_decision_request`:
    what the submitter requested here, whether or not the case has it yet.
    """

    submission: Submission
    attachments: Sequence[Attachment]
    supplements: Sequence[Supplement]
    case: Sequence[CasePayload]
    notifications: Sequence[NotificationPayload]
    times: CaseTimesMeasured | None = None
    sent_decision_request: SubmissionDecisionRequested | None = None

    @property
    def state(self) -> State:
        """The case's state after the last of its events that this version can read."""
        return State(self.case[-1].state) if self.case else State.RECEIVED

    @property
    def regime(self) -> LegalRegime | None:
        """The law that the case is handled under; None where only a newer version knows it."""
        return known_regime(self.submission.legal_regime)

    @property
    def case_number(self) -> str | None:
        """The number in the board's register."""
        return self.case[-1].case_number if self.case else None

    @property
    def registered(self) -> CaseRegistered | None:
        """The registration, which has the last day to decide."""
        registered: CaseRegistered | None = self._last(CaseRegistered)
        return registered

    @property
    def board_name(self) -> dict[str, str] | None:
        """The board that handles the case: that of the register, until it is moved to another's queue."""
        last: CaseRegistered | CaseTransferred | None = self._last(CaseRegistered, CaseTransferred)
        return last.board_name if last else None

    @property
    def joined(self) -> CaseJoined | None:
        """What had the case closed and handled in another; None: it was not, or has been reopened since."""
        last = self._last(CaseJoined, CaseReopened)
        return last if isinstance(last, CaseJoined) else None

    @property
    def queue(self) -> CaseQueued | CaseTransferred | None:
        """What put the case in the queue where it is; None where it is handled in another case."""
        if self.joined:
            return None
        placed: CaseQueued | CaseTransferred | None = self._last(CaseQueued, CaseTransferred)
        return placed

    @property
    def officer(self) -> str | None:
        """Who handles the case."""
        last = self._last(CaseAssigned, CaseReopened, CaseReleased, CaseTransferred, CaseJoined)
        return last.officer_name if isinstance(last, CaseAssigned | CaseReopened) else None

    @property
    def requests(self) -> list[CaseSupplementRequested]:
        """What the submitter is requested to send and has not sent, the nearest last day first.

        What they have sent here answers every request before it, also while its case does not have it yet.
        """
        if self.state in ENDED:
            return []
        still_open: dict[UUID, CaseSupplementRequested] = {}
        for each in self.case:
            if isinstance(each, CaseSupplementRequested):
                still_open[each.key] = each
            for ended in _ended_by(each, still_open):
                still_open.pop(ended, None)
        answered_until = max((each.received_at for each in self.supplements), default=None)
        waiting = (each for each in still_open.values() if answered_until is None or each.at > answered_until)
        return sorted(waiting, key=lambda each: each.answer_by)

    @property
    def deadline(self) -> CaseDeadline | None:
        """When the case is to be decided, after the last event that has it; None: it has no deadline of its own."""
        if self.joined:
            return None
        for each in reversed(self.case):
            if isinstance(each, DeadlinePayload) and each.deadline:
                return each.deadline
        registered = self.registered
        if registered is None or registered.due_on is None:
            return None
        return CaseDeadline(registered.due_on, self.submission.received_on)

    def document(self, document_id: UUID) -> SentDocument:
        """The file that an officer sent, by its id. Raises UnknownDocument."""
        for each in self.case:
            if isinstance(each, CaseSupplementRequested | CaseMessageSent | CaseDecided):
                for document in each.documents:
                    if document.id == document_id:
                        return document
        raise UnknownDocument

    @property
    def decision_request(self) -> CaseDecisionRequested | None:
        """The submitter's request for a decision, while it waits for an answer."""
        last = self._last(CaseDecisionRequested, CaseDecisionRequestRejected, CaseDecided)
        return last if isinstance(last, CaseDecisionRequested) else None

    @property
    def decision_request_under_way(self) -> bool:
        """Whether the submitter has requested a decision here, and the case does not have the request yet."""
        return self.sent_decision_request is not None and self.state not in ENDED and not self._was_decided_or_requested

    def decision_may_be_requested(self, on: date) -> bool:
        """Whether the submitter may request a decision: a party, once, after six months without one (FL 12 §)."""
        if not self.submission.submitter_is_party or self.state in ENDED:
            return False
        if self.regime is None or not self.regime.follows_all_of_forvaltningslagen:
            return False
        if self.sent_decision_request or self._was_decided_or_requested:
            return False
        return on >= first_day_to_request_decision(self.submission.received_on)

    @property
    def _was_decided_or_requested(self) -> bool:
        return self._last(CaseDecisionRequested, CaseDecided) is not None

    @property
    def decision(self) -> CaseDecided | None:
        """The last decision: it is in force, also in a reopened case, until there is another."""
        decided: CaseDecided | None = self._last(CaseDecided)
        return decided

    @property
    def is_reopened(self) -> bool:
        """Whether the case is handled anew though there is a decision."""
        return self.decision is not None and self.state not in ENDED

    def files_of(self, supplement_id: UUID | None) -> list[Attachment]:
        """The files that came with a supplement, or with the submission itself."""
        return [each for each in self.attachments if each.supplement_id == supplement_id]

    def _last(self, *kinds: type[CasePayload]) -> Any:
        return next((each for each in reversed(self.case) if isinstance(each, kinds)), None)


def _ended_by(event: CasePayload, still_open: Mapping[UUID, CaseSupplementRequested]) -> list[UUID]:
    """The supplement requests that an event ends."""
    match event:
        case CaseSupplemented(answered=None) | CaseTransferred(answer_by=None) | CaseDecided():
            return list(still_open)
        case CaseSupplemented(answered=answered):
            return answered or []
        case CaseSupplementRequestWithdrawn(request_id=request_id):
            return [request_id]
    return []


def known_regime(name: str) -> LegalRegime | None:
    """The legal regime; None, and a line in the log, for one that only a newer version knows."""
    if name in _REGIMES:
        return LegalRegime(name)
    log.warning("legal_regime_unknown", legal_regime=name)
    return None


def find(sessions: sessionmaker[Session], municipality: str, reference: str) -> Timeline:
    """The timeline of a municipality's submission with this reference; raises UnknownReference."""
    ours = select(Submission).where(Submission.municipality == municipality, Submission.reference == reference)
    with sessions() as session:
        submission = session.scalar(ours)
        if submission is None:
            raise UnknownReference
        return _timeline(session, submission)


def _timeline(session: Session, submission: Submission) -> Timeline:
    events = _rows(session, ReceivedEvent, submission)
    return Timeline(
        submission=submission,
        attachments=sorted(_rows(session, Attachment, submission), key=_received_at),
        supplements=sorted(_rows(session, Supplement, submission), key=lambda each: each.number),
        case=_payloads(sorted(events, key=lambda each: each.sequence), CasePayload),
        notifications=_payloads(sorted(events, key=lambda each: each.at), NotificationPayload),
        times=measured(session, submission.municipality, submission.eservice),
        sent_decision_request=next(iter(_payloads(events, SubmissionDecisionRequested)), None),
    )


def _payloads(events: Iterable[ReceivedEvent], kind: type[Payload]) -> list[Payload]:
    return [payload for payload in map(payload_of, events) if isinstance(payload, kind)]


def _rows(session: Session, table: Any, submission: Submission) -> Sequence[Any]:
    own = (table.submission_id == submission.id, table.municipality == submission.municipality)
    return session.scalars(select(table).where(*own)).all()


def _received_at(attachment: Attachment) -> datetime:
    return attachment.received_at
