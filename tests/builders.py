"""What tests make: each builder gives something whole and valid, and the test names only what it is about."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.bus.event_processor import OpenedEvent
from shared.events import routing
from shared.events.envelope import Event
from shared.events.intake import (
    Arrival,
    ArrivalChannel,
    Attachment,
    Deadline,
    DraftClosingSoon,
    Handling,
    Outcome,
    SubmissionDecisionRequested,
    SubmissionReceived,
    SubmissionSupplemented,
    Submitter,
    SubmitterKind,
)
from shared.swedish.law import AppealAuthority, DeadlineUnit, LegalRegime, Registration

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The time that it shows."""
        return self.now

    def move(self, **by: float) -> None:
        """Move it: `move(minutes=5)`."""
        self.now += timedelta(**by)


def a_submission(
    *,
    eservice: str = "bygglov",
    email: str | None = "kim.karlsson@example.org",
    language: str = "sv",
    regime: str = "forvaltningslagen",
    secrecy: str | None = None,
    **changes: Any,
) -> SubmissionReceived:
    """What intake publishes about an application for a building permit; without `email` the submitter is anonymous."""
    submission = SubmissionReceived(
        submission_id=uuid4(),
        reference="7K4M-2QXH-9TRW",
        eservice=eservice,
        eservice_version=1,
        eservice_title={"sv": "Ansökan om bygglov", "en": "Application for a building permit"},
        received_at=NOON,
        language=language,
        title={"sv": "Bygglov, tillbyggnad", "en": "Building permit, extension"},
        handling=Handling(
            board="BN",
            legal_regime=LegalRegime(regime),
            registration=Registration.REGISTRERAS,
            outcomes=[Outcome("bifall", {"sv": "Bifall", "en": "Granted"})],
            deadline=Deadline(10, DeadlineUnit.WEEKS, {"sv": "9 kap. 99 § PBL", "en": "PBL 9:99"}),
            appeal=AppealAuthority.LANSSTYRELSEN,
            secrecy=secrecy,
        ),
        facts={},
        answers=[],
        submitter=Submitter(SubmitterKind.PERSON, "Kim Karlsson", email, None) if email else None,
    )
    return replace(submission, **changes)


def an_arrival(received_on: date = date(2026, 11, 20), channel: ArrivalChannel = ArrivalChannel.LETTER) -> Arrival:
    """How a submission came that Anna Andersson entered; a Friday's letter, unless otherwise."""
    return Arrival(channel, received_on, "anna", "Anna Andersson")


def an_attachment(name: str = "situationsplan.pdf", *, field: str = "site_plan") -> Attachment:
    """A file in intake's storage."""
    return Attachment(uuid4(), field, name, "application/pdf", 284_113, "9f" * 32)


def received(submission: SubmissionReceived, *, municipality: str = "2039", at: datetime = NOON) -> Event:
    """The event of a received submission."""
    return submission.event(subject=submission.submission_id, municipality=municipality, sequence=0, at=at)


def opened(*submissions: SubmissionReceived, municipality: str = "2039") -> list[OpenedEvent[SubmissionReceived]]:
    """Their events, opened as handlers get them."""
    return [OpenedEvent(received(each, municipality=municipality), each) for each in submissions]


def draft_closing(*, municipality: str = "2039", at: datetime = NOON, days: int = 7, **changes: Any) -> Event:
    """The event that the e-service of a draft closes soon."""
    payload = DraftClosingSoon(
        draft_id=uuid4(),
        eservice="feriejobb",
        eservice_title={"sv": "Sök feriejobb", "en": "Apply for a holiday job"},
        legal_regime=LegalRegime.FORVALTNINGSLAGEN,
        language="sv",
        email="kim.karlsson@example.org",
        days=days,
        closes_at=at + timedelta(days=days),
        expires_at=at + timedelta(days=20),
        last_day=(at + timedelta(days=days)).date(),
    )
    payload = replace(payload, **changes)
    return payload.event(subject=payload.draft_id, municipality=municipality, sequence=1, at=at)


def decision_requested(submission: SubmissionReceived, *, at: datetime, municipality: str = "2039") -> Event:
    """The event that its submitter requests a decision."""
    payload = SubmissionDecisionRequested(submission.submission_id, submission.eservice, at)
    return payload.event(subject=submission.submission_id, municipality=municipality, sequence=1, at=at)


def supplemented(submission: SubmissionReceived, *, municipality: str = "2039", at: datetime = NOON) -> Event:
    """The event of a supplement to a submission."""
    payload = SubmissionSupplemented(
        submission.submission_id, submission.reference, submission.eservice, at, "Här kommer ritningen."
    )
    return payload.event(subject=submission.submission_id, municipality=municipality, sequence=1, at=at)


CASE_DATA: dict[type[routing.CasePayload], dict[str, Any]] = {
    routing.CaseRegistered: {
        "board": "BN",
        "board_name": {"sv": "byggnadsnämnden", "en": "the building committee"},
        "due_on": date(2027, 2, 1),
        "due_basis": {
            "sv": "räknat från en komplett ansökan, 9 kap. plan- och bygglagen",
            "en": "from a complete application, Chapter 9 of the Planning and Building Act",
        },
    },
    routing.CaseQueued: {"queue": "bygglov", "queue_name": {"sv": "Bygglov"}, "reason": {"sv": "Gäller bygglov."}},
    routing.CaseAssigned: {"officer_name": "Anna Andersson"},
    routing.CaseReleased: {},
    routing.CaseTransferred: {
        "board": "BN",
        "board_name": {"sv": "byggnadsnämnden", "en": "the building committee"},
        "queue": "bygglov-norr",
        "queue_name": {"sv": "Bygglov norr", "en": "Building permits north"},
        "reason": "Fastigheten ligger i norra distriktet.",
    },
    routing.CaseSupplementRequested: {
        "text": "Vi saknar en situationsplan i skala 1:500.\n\nFasadritningen behöver mått.",
        "answer_by": date(2026, 12, 14),
        "documents": [],
    },
    routing.CaseSupplemented: {"deadline": routing.CaseDeadline(date(2027, 3, 1), date(2026, 12, 21), moved=True)},
    routing.CaseSupplementRequestWithdrawn: {
        "request_id": uuid4(),
        "reason": "Situationsplanen fanns redan i ärendet.",
    },
    routing.CaseDeadlineExtended: {
        "reason": "Vi väntar på yttrande från länsstyrelsen.",
        "deadline": routing.CaseDeadline(date(2027, 4, 12), date(2026, 11, 23)),
    },
    routing.CaseDelayed: {"reason": "Många ansökningar har kommit in.", "expected_on": date(2027, 3, 1)},
    routing.CaseDecisionRequested: {"received_on": date(2027, 6, 1), "answer_by": date(2027, 6, 29)},
    routing.CaseDecisionRequestRejected: {
        "reason": "Utredningen är inte klar.",
        "decided_by": "Byggnadsnämnden",
        "appeal": routing.Authority({"sv": "Länsstyrelsen i Dalarnas län", "en": "the County Administrative Board"}),
    },
    routing.CaseMessageSent: {"text": "Hej Kim!\n\nVi besöker platsen på torsdag.", "documents": []},
    routing.CaseMailReceived: {"files_not_taken": 1, "is_automatic": False},
    routing.CaseDecided: {
        "outcome": "avslag",
        "outcome_label": {"sv": "Avslag", "en": "Refused"},
        "reasons": "Åtgärden strider mot detaljplanen (9 kap. 57 § plan- och bygglagen).",
        "decided_by": "Byggnadsnämnden",
        "decided_on": date(2026, 12, 20),
        "legal_regime": LegalRegime.FORVALTNINGSLAGEN,
        "appeal": routing.Authority({"sv": "Länsstyrelsen i Dalarnas län", "en": "the County Administrative Board"}),
        "documents": [],
    },
    routing.CaseAddressCorrected: {"email": "kim.karlsson@example.se"},
    routing.CaseClosed: {},
    routing.CaseJoined: {"joined_to": "BN 2026-00041"},
    routing.CaseReopened: {"officer_name": "Anna Andersson", "reason": "Ett nytt underlag har kommit in."},
}


def case_event(
    kind: type[routing.CasePayload],
    submission: SubmissionReceived,
    *,
    municipality: str = "2039",
    sequence: int = 1,
    at: datetime = NOON,
    **changes: Any,
) -> Event:
    """An event of a submission's case."""
    payload = kind(
        case_id=uuid4(),
        submission_id=submission.submission_id,
        case_number="BN 2026-00042",
        eservice=submission.eservice,
        state=routing.CaseState.ASSIGNED,
        at=at,
        **CASE_DATA[kind] | changes,
    )
    return payload.event(subject=payload.case_id, municipality=municipality, sequence=sequence, at=at)
