"""What intake publishes: `submission.*`, and `draft.*` about what is not sent yet."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from shared.events.envelope import Moment
from shared.events.payloads import EventPayload
from shared.swedish.law import AppealAuthority, DeadlineUnit, LegalRegime, OnExpiry, Registration, RestartCause
from shared.swedish.time import local_date


class SubmitterKind(StrEnum):
    """Who a submitter is in law."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Submitter:
    """Who sent it and how to reach them."""

    kind: SubmitterKind
    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class AnswerSource:
    """Where an answer was fetched from for the submitter, who may have `changed` it.

    `label` is what people call the `register`, by language. `as_of` is the day that the register's fact held for.
    """

    register: str
    label: dict[str, str]
    fetched_on: date
    as_of: date
    changed: bool


@dataclass(frozen=True)
class AnswerPosition:
    """Where an answered place is, in degrees of WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Answer:
    """One answered field. `label` and `value` by language; a value that needs no translation has only `sv`.

    `source`: where it was prefilled from; None where the submitter gave it. `position`: of a place, where it has one.
    `choices`: the label of each chosen option, where several may be chosen; `value` has them in one line.
    `is_stated`: false of an answer that the form needs and that what an officer entered lacks; its value is only that.
    """

    field: str
    label: dict[str, str]
    value: dict[str, str]
    source: AnswerSource | None = None
    position: AnswerPosition | None = None
    choices: list[dict[str, str]] | None = None
    is_stated: bool = True


@dataclass(frozen=True)
class Attachment:
    """A file in intake's storage: `size` in bytes, `sha256` in hex, `field` the form field it answers.

    `label`: the question that it answers, by language; None of what supplements a submission.
    """

    id: UUID
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    label: dict[str, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """One of the ways that a case of this e-service may be decided."""

    code: str
    label: dict[str, str]


@dataclass(frozen=True)
class Period:
    """A length of time: `amount` of `unit`."""

    amount: int
    unit: DeadlineUnit


@dataclass(frozen=True)
class Extension:
    """By how much a deadline may be extended at `most` in all, and how many `times`."""

    most: int
    unit: DeadlineUnit
    times: int = 1


@dataclass(frozen=True)
class Deadline:
    """How long the board has: `amount` of `unit`, and by what rule; counted from receipt.

    `restarts_on`: it begins anew when the case has what was missing, if that was ordered `order_within` the first day
    (at any time, where that is None), and when the submitter adds to it unasked. `stops_while_waiting`: days of waiting
    for the submitter are not counted. `fee_reduction`: by so many per cent the fee falls for each week begun after it.
    """

    amount: int
    unit: DeadlineUnit
    basis: dict[str, str]
    restarts_on: RestartCause | None = None
    order_within: Period | None = None
    extension: Extension | None = None
    stops_while_waiting: bool = False
    fee_reduction: int | None = None
    on_expiry: OnExpiry = OnExpiry.ALERT


@dataclass(frozen=True)
class OutcomeRetention:
    """The same as Retention, of cases with one of the e-service's outcomes: its code."""

    outcome: str
    basis: dict[str, str]
    amount: int | None = None
    unit: DeadlineUnit | None = None


@dataclass(frozen=True)
class Retention:
    """How long the case is kept once it has ended: `amount` of `unit`, for ever where these are None; by what rule.

    `outcomes`: those for which it is otherwise.
    """

    basis: dict[str, str]
    amount: int | None = None
    unit: DeadlineUnit | None = None
    outcomes: list[OutcomeRetention] = field(default_factory=list)


@dataclass(frozen=True)
class Handling:
    """What the board needs to know of the e-service to handle the case.

    `appeal` is the kind of authority that a decision is appealed to; `secrecy` the provision of OSL, when the
    e-service has one; `retention` None where nothing is decided about it. `assurance_level`: that of the e-ID by which
    the submitter's identity is to be proved, None where none is asked for. `submitter_is_party`: whether who submits is
    concerned by the case, and has the rights of a party; not so who reports a fault, or a concern for somebody.
    """

    board: str
    legal_regime: LegalRegime
    registration: Registration
    outcomes: list[Outcome]
    deadline: Deadline | None = None
    appeal: AppealAuthority | None = None
    secrecy: str | None = None
    retention: Retention | None = None
    assurance_level: int | None = None
    submitter_is_party: bool = True


class ArrivalChannel(StrEnum):
    """How something came that its submitter did not send through an e-service."""

    LETTER = "letter"
    TELEPHONE = "telephone"
    EMAIL = "email"
    COUNTER = "counter"


@dataclass(frozen=True)
class Arrival:
    """How a submission came, `received_on` which day it reached the municipality (FL 22 §), and who entered it."""

    channel: ArrivalChannel
    received_on: date
    officer_subject: str
    officer_name: str


@dataclass(frozen=True)
class SubmissionReceived(EventPayload):
    """A submission was accepted and its receipt given.

    `reference` is the submitter's key to the status page; `title` the case's title, free of personal data;
    `facts` what routing rules may see (text, numbers, booleans, lists of text); `submitter` None when anonymous;
    `outside_municipality`: a place in it seems to lie outside the municipality. `arrival`: how it came where an officer
    has entered it, at `received_at`; None where its submitter sent it.
    """

    NAME: ClassVar[str] = "submission.received"
    SOURCE: ClassVar[str] = "/arende/intake"
    WRITTEN: ClassVar[bool] = True

    submission_id: UUID
    reference: str
    eservice: str
    eservice_version: int
    eservice_title: dict[str, str]
    received_at: Moment
    language: str
    title: dict[str, str]
    handling: Handling
    facts: dict[str, Any]
    answers: list[Answer]
    attachments: list[Attachment] = field(default_factory=list)
    submitter: Submitter | None = None
    outside_municipality: bool = False
    arrival: Arrival | None = None

    @property
    def received_on(self) -> date:
        """The day in Sweden that it reached the municipality, which time limits are counted from."""
        return self.arrival.received_on if self.arrival else local_date(self.received_at)


@dataclass(frozen=True)
class SubmissionSupplemented(EventPayload):
    """The submitter sent more to a submission already received."""

    NAME: ClassVar[str] = "submission.supplemented"
    SOURCE: ClassVar[str] = "/arende/intake"
    WRITTEN: ClassVar[bool] = True

    submission_id: UUID
    reference: str
    eservice: str
    supplemented_at: Moment
    text: str
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class SubmissionDecisionRequested(EventPayload):
    """The submitter requested in writing that the case be decided, when six months had gone without it (FL 12 §)."""

    NAME: ClassVar[str] = "submission.decision_requested"
    SOURCE: ClassVar[str] = "/arende/intake"

    submission_id: UUID
    eservice: str
    requested_at: Moment


@dataclass(frozen=True)
class DraftClosingSoon(EventPayload):
    """An e-service closes in so many `days`, and a draft of it is not sent: for its submitter, nobody else.

    `email` was given in the draft and is not proved to be its submitter's. `closes_at`: when the e-service takes
    nothing more; `last_day` where a whole day is open. `expires_at`: when the draft is destroyed. `secrecy` as in
    Handling.
    """

    NAME: ClassVar[str] = "draft.closing_soon"
    SOURCE: ClassVar[str] = "/arende/intake"
    WRITTEN: ClassVar[bool] = True

    draft_id: UUID
    eservice: str
    eservice_title: dict[str, str]
    legal_regime: LegalRegime
    language: str
    email: str
    days: int
    closes_at: Moment
    expires_at: Moment
    last_day: date | None = None
    secrecy: str | None = None


EVENTS: tuple[type[EventPayload], ...] = (
    SubmissionReceived,
    SubmissionSupplemented,
    SubmissionDecisionRequested,
    DraftClosingSoon,
)
