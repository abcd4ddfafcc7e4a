"""What routing publishes: `case.*`. The subject of each is the case; `sequence` is its journal entry's number."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

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

    `protected`: only the officers whom the municipality names may see the case from now on.
    """

    NAME: ClassVar[str] = "case.transferred"
    WRITTEN: ClassVar[bool] = True

    board: str
    board_name: dict[str, str]
    queue: str
    queue_name: dict[str, str]
    reason: str
    protected: bool = False


@dataclass(frozen=True)
class CaseSupplementRequested(CasePayload):
    """The submitter is requested to complete the submission, at the latest on `answer_by` (FL 20 §)."""

    NAME: ClassVar[str] = "case.supplement_requested"
    WRITTEN: ClassVar[bool] = True

    text: str
    answer_by: date


@dataclass(frozen=True)
class CaseSupplemented(CasePayload):
    """The supplement that was requested has come in and the handling goes on."""

    NAME: ClassVar[str] = "case.supplemented"


@dataclass(frozen=True)
class CaseMessageSent(CasePayload):
    """An officer writes to the submitter."""

    NAME: ClassVar[str] = "case.message_sent"
    WRITTEN: ClassVar[bool] = True

    text: str


@dataclass(frozen=True)
class CaseDecided(CasePayload):
    """The case is decided (FL 31-33 §§) by `decided_by`, an officer or a body of the municipality.

    `appeal` is the authority to appeal to, None where there is no appeal.
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


@dataclass(frozen=True)
class CaseClosed(CasePayload):
    """Nothing more is to be done in the case."""

    NAME: ClassVar[str] = "case.closed"


@dataclass(frozen=True)
class CaseReopened(CasePayload):
    """The case is reopened by the officer who has it now; `reason` is their own words."""

    NAME: ClassVar[str] = "case.reopened"
    WRITTEN: ClassVar[bool] = True

    officer_name: str
    reason: str


EVENTS: tuple[type[EventPayload], ...] = (
    CaseRegistered,
    CaseQueued,
    CaseAssigned,
    CaseReleased,
    CaseTransferred,
    CaseSupplementRequested,
    CaseSupplemented,
    CaseMessageSent,
    CaseDecided,
    CaseClosed,
    CaseReopened,
)
