"""How notify handles events: it remembers contacts and boards, and creates the messages that were chosen."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.notify.contacts.correct import correct_addresses
from services.notify.contacts.remember import (
    board_of,
    contact_of,
    contact_of_draft,
    remember_boards,
    remember_contacts,
    remember_drafts,
    remember_officers,
)
from services.notify.messages import notifications
from services.notify.messages.choice import Messages
from services.notify.messages.notifications import notification_of
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.events import routing
from shared.events.envelope import Event
from shared.events.intake import (
    DraftClosingSoon,
    SubmissionDecisionRequested,
    SubmissionReceived,
    SubmissionSupplemented,
)

Payload = SubmissionReceived | SubmissionSupplemented | DraftClosingSoon | routing.CasePayload

# What a message needs of the event of a case; the template gets these fields and no others.
CASE_CONTENT: Mapping[type[routing.CasePayload], Collection[str]] = {
    routing.CaseRegistered: ("case_number", "board_name", "due_on", "due_basis"),
    routing.CaseAssigned: ("case_number", "officer_name"),
    routing.CaseTransferred: ("case_number", "queue_name", "reason", "answer_by"),
    routing.CaseSupplementRequested: ("case_number", "text", "answer_by"),
    routing.CaseSupplemented: ("case_number", "deadline"),
    routing.CaseSupplementRequestWithdrawn: ("case_number", "reason"),
    routing.CaseDeadlineExtended: ("case_number", "reason", "deadline"),
    routing.CaseDelayed: ("case_number", "reason", "expected_on"),
    routing.CaseDecisionRequested: ("case_number", "received_on", "answer_by"),
    routing.CaseDecisionRequestRejected: ("case_number", "reason", "decided_by", "appeal"),
    routing.CaseMessageSent: ("case_number", "text"),
    routing.CaseMailReceived: ("case_number", "files_not_taken"),
    routing.CaseDecided: (
        "case_number",
        "outcome_label",
        "reasons",
        "decided_by",
        "decided_on",
        "legal_regime",
        "appeal",
        "submitter_is_party",
    ),
    routing.CaseClosed: ("case_number",),
    routing.CaseJoined: ("case_number", "joined_to"),
    routing.CaseReopened: ("case_number", "reason"),
}

EVENTS_WITH_MESSAGE = (
    SubmissionReceived.NAME,
    SubmissionSupplemented.NAME,
    DraftClosingSoon.NAME,
    *(kind.NAME for kind in CASE_CONTENT),
    routing.OfficerUpdatesFound.NAME,
)

# Events that reach notify and give no message, and why.
EVENTS_WITHOUT_MESSAGE: Mapping[str, str] = {
    SubmissionDecisionRequested.NAME: "the message comes when the case has it, with the last day to answer",
    routing.CaseQueued.NAME: "the message about the case's registration is enough",
    routing.CaseTimesMeasured.NAME: "it is about no case: the status page shows it",
    routing.CaseAddressCorrected.NAME: "what did not arrive is sent again",
    routing.MailDismissed.NAME: "it is about a mail that found no case: its files go when it goes",
    routing.CaseReleased.NAME: "that an officer puts a case back changes nothing for the submitter",
}


def handlers(messages: Messages) -> Handlers:
    """The handlers of the events that give a message: each writes a batch's contacts and notifications as sets."""

    def handle(session: Session, opened: Sequence[OpenedEvent[Payload]]) -> None:
        remember_contacts(
            session,
            [
                contact_of(each.payload, each.event.municipality)
                for each in opened
                if isinstance(each.payload, SubmissionReceived)
            ],
        )
        remember_drafts(
            session,
            [
                contact_of_draft(each.payload, each.event.municipality)
                for each in opened
                if isinstance(each.payload, DraftClosingSoon)
            ],
        )
        remember_boards(
            session, [_board(each.event, each.payload) for each in opened if isinstance(each.payload, _NAMES_BOARD)]
        )
        created = (_notification(each.event, each.payload, messages) for each in opened)
        notifications.create(session, [each for each in created if each])

    def to_officers(session: Session, opened: Sequence[OpenedEvent[routing.OfficerUpdatesFound]]) -> None:
        remember_officers(session, opened)
        notifications.create(session, [_to_officer(each.event, each.payload, messages) for each in opened])

    return (
        EventHandler((SubmissionReceived, SubmissionSupplemented, DraftClosingSoon, *CASE_CONTENT), handle),
        EventHandler((routing.OfficerUpdatesFound,), to_officers),
        EventHandler((routing.CaseAddressCorrected,), correct_addresses),
    )


_NAMES_BOARD = (routing.CaseRegistered, routing.CaseTransferred)


def _board(event: Event, payload: Any) -> dict[str, Any]:
    return board_of(event, submission_id=payload.submission_id, board=payload.board, protected=payload.protected)


def _notification(event: Event, payload: Payload, messages: Messages) -> dict[str, Any] | None:
    """The row of the notification that an event gives, None where the submitter gets none."""
    if isinstance(payload, routing.CaseSupplemented) and not (payload.deadline and payload.deadline.moved):
        return None  # the submitter got a message when the supplement came in; only another last day is new
    if isinstance(payload, routing.CaseMailReceived) and (payload.is_automatic or not payload.files_not_taken):
        return None  # who writes an e-mail knows that they have; what a program sent is never answered
    message = messages.chosen(event.name, payload.eservice)
    if message is None:
        return None
    return notification_of(
        event,
        submission_id=payload.draft_id if isinstance(payload, DraftClosingSoon) else payload.submission_id,
        eservice=payload.eservice,
        message=message,
        content=_content(payload),
    )


def _to_officer(event: Event, found: routing.OfficerUpdatesFound, messages: Messages) -> dict[str, Any]:
    """The row of the mail to an officer about what is new: it names no more than the event does."""
    content = {"case_numbers": found.case_numbers, "others": found.others}
    message = messages.events[event.name]
    return notification_of(event, submission_id=found.officer_id, eservice="", message=message, content=content)


def _content(payload: Payload) -> dict[str, Any]:
    """What the message needs of the event, and nothing that a submitter typed."""
    match payload:
        case SubmissionReceived():
            return {
                "received_at": payload.received_at,
                "attachments": len(payload.attachments),
                "deadline": payload.handling.deadline,
                **_arrival(payload),
            }
        case SubmissionSupplemented():
            return {"supplemented_at": payload.supplemented_at, "attachments": len(payload.attachments)}
        case DraftClosingSoon():
            names = ("eservice", "draft_id", "closes_at", "last_day", "expires_at")
            return {name: getattr(payload, name) for name in names}
        case routing.CaseSupplementRequested() | routing.CaseMessageSent() | routing.CaseDecided():
            return _of_case(payload) | {"documents": len(payload.documents)}
    return _of_case(payload)


def _of_case(payload: routing.CasePayload) -> dict[str, Any]:
    return {name: getattr(payload, name) for name in CASE_CONTENT[type(payload)]}


def _arrival(received: SubmissionReceived) -> dict[str, Any]:
    """How it came, where an officer has entered it."""
    arrival = received.arrival
    return {"channel": arrival.channel, "received_on": arrival.received_on} if arrival else {}
