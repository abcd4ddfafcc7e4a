"""How notify handles each event: it remembers contact and board, and creates the message that was chosen."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.notify.contacts.remember import remember_board, remember_contact
from services.notify.messages import notifications
from services.notify.messages.choice import Messages
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.events import routing
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived, SubmissionSupplemented
from shared.events.payloads import plain

# What a message needs of the event of a case; the template gets these fields and no others.
CASE_CONTENT: Mapping[type[routing.CasePayload], Collection[str]] = {
    routing.CaseRegistered: ("case_number", "board_name", "due_on", "due_basis"),
    routing.CaseAssigned: ("case_number", "officer_name"),
    routing.CaseTransferred: ("case_number", "queue_name", "reason"),
    routing.CaseSupplementRequested: ("case_number", "text", "answer_by"),
    routing.CaseMessageSent: ("case_number", "text"),
    routing.CaseDecided: (
        "case_number",
        "outcome_label",
        "reasons",
        "decided_by",
        "decided_on",
        "legal_regime",
        "appeal",
    ),
    routing.CaseClosed: ("case_number",),
    routing.CaseReopened: ("case_number", "reason"),
}

EVENTS_WITH_MESSAGE = (
    SubmissionReceived.NAME,
    SubmissionSupplemented.NAME,
    *(kind.NAME for kind in CASE_CONTENT),
)

# Events that reach notify and give no message, and why.
EVENTS_WITHOUT_MESSAGE: Mapping[str, str] = {
    routing.CaseQueued.NAME: "the message about the case's registration is enough",
    routing.CaseReleased.NAME: "that an officer puts a case back changes nothing for the submitter",
    routing.CaseSupplemented.NAME: "the submitter got a message when the supplement came in",
}


def handlers(messages: Messages) -> Handlers:
    """The handlers of the events that give a message."""

    def submissions(session: Session, opened: Sequence[OpenedEvent[SubmissionReceived]]) -> None:
        for each in opened:
            _handle_submission(each.event, each.payload, session, messages)

    def supplements(session: Session, opened: Sequence[OpenedEvent[SubmissionSupplemented]]) -> None:
        for each in opened:
            _handle_supplement(each.event, each.payload, session, messages)

    def cases(session: Session, opened: Sequence[OpenedEvent[routing.CasePayload]]) -> None:
        for each in opened:
            _handle_case(each.event, each.payload, session, messages)

    return (
        EventHandler((SubmissionReceived,), submissions),
        EventHandler((SubmissionSupplemented,), supplements),
        EventHandler(tuple(CASE_CONTENT), cases),
    )


def _handle_submission(event: Event, submission: SubmissionReceived, session: Session, messages: Messages) -> None:
    remember_contact(session, submission, event.municipality)
    data = plain(submission)
    content = {
        "received_at": data["received_at"],
        "title": data["title"],
        "attachments": len(submission.attachments),
        "deadline": data["handling"]["deadline"],
    }
    _create_message(event, session, messages, submission, content)


def _handle_supplement(event: Event, supplement: SubmissionSupplemented, session: Session, messages: Messages) -> None:
    content = {"supplemented_at": plain(supplement)["supplemented_at"], "attachments": len(supplement.attachments)}
    _create_message(event, session, messages, supplement, content)


def _handle_case(event: Event, payload: routing.CasePayload, session: Session, messages: Messages) -> None:
    if isinstance(payload, routing.CaseRegistered | routing.CaseTransferred):
        remember_board(
            session, event, submission_id=payload.submission_id, board=payload.board, protected=payload.protected
        )
    data = plain(payload)
    _create_message(event, session, messages, payload, {name: data[name] for name in CASE_CONTENT[type(payload)]})


def _create_message(
    event: Event,
    session: Session,
    messages: Messages,
    payload: SubmissionReceived | SubmissionSupplemented | routing.CasePayload,
    content: Mapping[str, Any],
) -> None:
    message = messages.chosen(event.name, payload.eservice)
    if message:
        notifications.create(
            session,
            event,
            submission_id=payload.submission_id,
            eservice=payload.eservice,
            message=message,
            content=content,
        )
