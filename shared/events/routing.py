"""What routing publishes: `case.*`, whose subject is the case and whose `sequence` is its journal entry's number.

And `officer.updates_found`, a mail to an officer that notify is to send.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid5

from shared.events.envelope import Moment
from shared.events.payloads import EventPayload
from shared.swedish.law import LegalRegime


class CaseState(StrEnum):
    """Where a case stands."""

    QUEUED = "queued"
    ASSIGNED = "assigned"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    DECIDED = "decided"
    CLOSED = "closed"


@dataclass(frozen=True)
class Authority:
    """Whom a decision is appealed to; `address` (post or e-mail) where appeals are sent to it and not to the board."""

    name: dict[str, str]
    address: str | None = None


@dataclass(frozen=True)
class SentDocument:
    """A file that an officer sends; routing keeps it. `size` is in bytes, `sha256` in hex."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class CasePayload(EventPayload):
    """What every event of a case holds: which case it is and the `state` it is in after the event."""

    SOURCE: ClassVar[str] = "/arende/routing"

    case_id: UUID
    submission_id: UUID
    case_number: str
    eservice: str
    state: CaseState
    at: Moment


@dataclass(frozen=True)
class CaseDeadline:
    """When the case is to be decided: `due_on` None while the period has not begun, as an answer is awaited.

    `counted_from` is the day that the period is counted from; `moved`: this event gave it another last day.
    """

    due_on: date | None
    counted_from: date
    moved: bool = False


@dataclass(frozen=True, kw_only=True)
class DeadlinePayload(CasePayload):
    """What an event that may move the case's deadline holds: the `deadline` after it.

    None: the case has no deadline, or an earlier version of routing published the event.
    """

    deadline: CaseDeadline | None = None


@dataclass(frozen=True)
class CaseRegistered(CasePayload):
    """The case stands in the board's register. `due_on` is the last day to decide, where there is a deadline.

    `due_basis` is by what rule, and how firmly. `protected`: only the officers whom the municipality names may see it.
    """

    NAME: ClassVar[str] = "case.registered"

    board: str
    board_name: dict[str, str]
    due_on: date | None
    due_basis: dict[str, str] | None
    protected: bool = False


@dataclass(frozen=True)
class CaseQueued(CasePayload):
    """The rules put the case in a handling queue; `reason` is why, to be read by a person."""

    NAME: ClassVar[str] = "case.queued"

    queue: str
    queue_name: dict[str, str]
    reason: dict[str, str]


@dataclass(frozen=True)
class CaseAssigned(CasePayload):
    """An officer claimed the case or was given it."""

    NAME: ClassVar[str] = "case.assigned"

    officer_name: str


@dataclass(frozen=True)
class CaseReleased(CasePayload):
    """The officer put the case back in its queue."""

    NAME: ClassVar[str] = "case.released"


@dataclass(frozen=True)
class CaseTransferred(CasePayload):
    """The case was moved to another handling queue, of `board`; `reason` is the officer's own words.

    `protected`: only the officers whom the municipality names may see the case from now on. `answer_by` is the nearest
    last day of the submitter's open supplement requests, which stay open.
    """

    NAME: ClassVar[str] = "case.transferred"
    WRITTEN: ClassVar[bool] = True

    board: str
    board_name: dict[str, str]
    queue: str
    queue_name: dict[str, str]
    reason: str
    protected: bool = False
    answer_by: date | None = None


@dataclass(frozen=True)
class CaseSupplementRequested(DeadlinePayload):
    """The submitter is requested to complete the submission, at the latest on `answer_by` (FL 20 §).

    `request_id` is None in an event that an earlier version published: `key` is then what it would have been.
    """

    NAME: ClassVar[str] = "case.supplement_requested"
    WRITTEN: ClassVar[bool] = True

    text: str
    answer_by: date
    request_id: UUID | None = None
    documents: list[SentDocument] = field(default_factory=list)

    @property
    def key(self) -> UUID:
        """The id of the supplement request."""
        return self.request_id or request_id_of(self.case_id, self.at)


def request_id_of(case_id: UUID, at: datetime) -> UUID:
    """The id of the supplement request that was made in the case at this time."""
    return uuid5(case_id, at.astimezone(UTC).isoformat())


@dataclass(frozen=True)
class CaseSupplemented(DeadlinePayload):
    """A supplement is in the case; it answers the supplement requests `answered`, of which there may be none.

    None, in an event of an earlier version: it answers all.
    """

    NAME: ClassVar[str] = "case.supplemented"

    answered: list[UUID] | None = None


@dataclass(frozen=True)
class CaseSupplementRequestWithdrawn(DeadlinePayload):
    """The submitter need not answer the supplement request any more; `reason` is the officer's own words."""

    NAME: ClassVar[str] = "case.supplement_request_withdrawn"
    WRITTEN: ClassVar[bool] = True

    request_id: UUID
    reason: str


@dataclass(frozen=True)
class CaseDeadlineExtended(DeadlinePayload):
    """The board has taken longer to decide, as the deadline's rule lets it; `reason` is the officer's own words."""

    NAME: ClassVar[str] = "case.deadline_extended"
    WRITTEN: ClassVar[bool] = True

    reason: str


@dataclass(frozen=True)
class CaseDelayed(CasePayload):
    """The decision will be materially delayed, and the submitter is informed of it and of the reason (FL 11 §)."""

    NAME: ClassVar[str] = "case.delayed"
    WRITTEN: ClassVar[bool] = True

    reason: str
    expected_on: date | None = None


@dataclass(frozen=True)
class CaseDecisionRequested(DeadlinePayload):
    """The submitter has requested in writing that the case be decided (FL 12 §), `received_on`.

    By `answer_by` the board has either decided the case or refused the request.
    """

    NAME: ClassVar[str] = "case.decision_requested"

    received_on: date
    answer_by: date


@dataclass(frozen=True)
class CaseDecisionRequestRejected(DeadlinePayload):
    """The board has refused, in a decision that can be appealed, to decide the case now (FL 12 §)."""

    NAME: ClassVar[str] = "case.decision_request_rejected"
    WRITTEN: ClassVar[bool] = True

    reason: str
    decided_by: str
    appeal: Authority | None


@dataclass(frozen=True)
class CaseMessageSent(CasePayload):
    """An officer writes to the submitter."""

    NAME: ClassVar[str] = "case.message_sent"
    WRITTEN: ClassVar[bool] = True

    text: str
    documents: list[SentDocument] = field(default_factory=list)


@dataclass(frozen=True)
class FileLeftOut:
    """A file of a mail that was not taken, and why: a code of `shared/files/not_taken.py`, or of a later version."""

    name: str
    reason: str


@dataclass(frozen=True)
class CaseMailReceived(CasePayload):
    """An e-mail is in the case, with so many files that were not taken; its text is for the officers.

    `is_automatic`: a program sent it, and nobody answers it. `file_names` are those of the files that were taken.
    """

    NAME: ClassVar[str] = "case.mail_received"
    WRITTEN: ClassVar[bool] = True

    files_not_taken: int
    is_automatic: bool
    file_names: list[str] = field(default_factory=list)
    left_out: list[FileLeftOut] = field(default_factory=list)


@dataclass(frozen=True)
class CaseDecided(CasePayload):
    """The case is decided (FL 31-33 §§) by `decided_by`, an officer or a body of the municipality.

    `appeal` is the authority to appeal to, None where there is no appeal. Where the submitter is no party, there are
    neither that nor reasons nor files, and the outcome has no more than that the case is decided.
    """

    NAME: ClassVar[str] = "case.decided"
    WRITTEN: ClassVar[bool] = True

    outcome: str
    outcome_label: dict[str, str]
    reasons: str
    decided_by: str
    decided_on: date
    legal_regime: LegalRegime
    appeal: Authority | None
    submitter_is_party: bool = True
    documents: list[SentDocument] = field(default_factory=list)


@dataclass(frozen=True)
class CaseAddressCorrected(CasePayload):
    """An officer has entered or corrected the e-mail address of the submitter, or has what did not arrive sent again.

    What had failed, or had no address to go to, is sent to `email`, once each; all that follows goes there too. Not
    `corrected`: it is the address as it was.
    """

    NAME: ClassVar[str] = "case.address_corrected"
    WRITTEN: ClassVar[bool] = True

    email: str
    corrected: bool = True


@dataclass(frozen=True)
class CaseClosed(CasePayload):
    """Nothing more is to be done in the case."""

    NAME: ClassVar[str] = "case.closed"


@dataclass(frozen=True)
class CaseJoined(CasePayload):
    """The case is closed and handled in another, whose number `joined_to` is; None where that may not be named."""

    NAME: ClassVar[str] = "case.joined"

    joined_to: str | None


@dataclass(frozen=True)
class CaseReopened(DeadlinePayload):
    """The case is reopened by the officer who has it now; `reason` is their own words."""

    NAME: ClassVar[str] = "case.reopened"
    WRITTEN: ClassVar[bool] = True

    officer_name: str
    reason: str


@dataclass(frozen=True)
class CaseTimesMeasured(EventPayload):
    """How long an e-service's cases took that ended after the day `since`: of so many `cases`, in whole days.

    Half took at most `median_days` from receipt, nine of ten `ninetieth_days`; likewise until an officer took them.
    Not `enough`: they are too few for any to be shown, and the days are 0. The event's subject is the municipality's
    code and the e-service's, `2039/bygglov`.
    """

    NAME: ClassVar[str] = "case.times_measured"
    SOURCE: ClassVar[str] = "/arende/routing"

    eservice: str
    at: Moment
    enough: bool
    since: date
    cases: int
    median_days: int
    ninetieth_days: int
    median_days_in_queue: int
    ninetieth_days_in_queue: int


OFFICERS = UUID("5f0c1a52-6a0b-4f1e-9d43-2f4e6a1f7c11")  # the namespace of officers' ids in events


@dataclass(frozen=True)
class OfficerUpdatesFound(EventPayload):
    """There is something new in cases of an officer who wants a mail about it; its subject is the officer's id.

    `case_numbers` are those that a mail may name, `others` how many more cases there are. It holds nothing of what is
    in them.
    """

    SOURCE: ClassVar[str] = "/arende/routing"
    NAME: ClassVar[str] = "officer.updates_found"

    officer_id: UUID
    email: str
    language: str
    case_numbers: list[str]
    others: int
    at: Moment


@dataclass(frozen=True)
class MailDismissed(EventPayload):
    """A mail that found no case belongs in none: what it holds, files too, is destroyed at `kept_until`.

    The event's subject is the mail's id.
    """

    SOURCE: ClassVar[str] = "/arende/routing"
    NAME: ClassVar[str] = "mail.dismissed"

    mail_id: UUID
    kept_until: Moment


EVENTS: tuple[type[EventPayload], ...] = (
    CaseRegistered,
    CaseQueued,
    CaseAssigned,
    CaseReleased,
    CaseTransferred,
    CaseSupplementRequested,
    CaseSupplemented,
    CaseSupplementRequestWithdrawn,
    CaseDeadlineExtended,
    CaseDelayed,
    CaseDecisionRequested,
    CaseDecisionRequestRejected,
    CaseMessageSent,
    CaseMailReceived,
    CaseDecided,
    CaseAddressCorrected,
    CaseClosed,
    CaseJoined,
    CaseReopened,
    CaseTimesMeasured,
    OfficerUpdatesFound,
    MailDismissed,
)
