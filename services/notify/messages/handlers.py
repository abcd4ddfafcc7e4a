"""What notify does about each event it subscribes_to."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.notify.messages.choice import Messages
from services.notify.messages.notifications import add, remember_board, remember_contact
from shared.bus.event_processor import Handler, Handlers
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

# Events that reach notify and give no message, and why.
UNHEARD: Mapping[str, str] = {
    routing.CaseQueued.NAME: "which queue waits with a case is told with the case's registration",
    routing.CaseReleased.NAME: "that an officer puts a case back changes nothing for the submitter",
    routing.CaseSupplemented.NAME: "the submitter was told when the supplement came in",
}

HEARD = (SubmissionReceived.NAME, SubmissionSupplemented.NAME, *(kind.NAME for kind in CASE_CONTENT))


def handlers(messages: Messages) -> Handlers:
    """The table: event to one call into a use case."""
    return {
        SubmissionReceived.NAME: lambda event, session: _received(event, session, messages),
        SubmissionSupplemented.NAME: lambda event, session: _supplemented(event, session, messages),
        **{kind.NAME: _about_case(kind, content, messages) for kind, content in CASE_CONTENT.items()},
    }


def _received(event: Event, session: Session, messages: Messages) -> None:
    received = SubmissionReceived.open(event)
    remember_contact(session, received, event.municipality)
    said = plain(received)
    content = {
        "received_at": said["received_at"],
        "title": said["title"],
        "attachments": len(received.attachments),
        "deadline": said["handling"]["deadline"],
    }
    _tell(event, session, messages, received, content)


def _supplemented(event: Event, session: Session, messages: Messages) -> None:
    supplemented = SubmissionSupplemented.open(event)
    said = plain(supplemented)
    content = {"supplemented_at": said["supplemented_at"], "attachments": len(supplemented.attachments)}
    _tell(event, session, messages, supplemented, content)


def _about_case(kind: type[routing.CasePayload], content: Collection[str], messages: Messages) -> Handler:
    def handler(event: Event, session: Session) -> None:
        fact = kind.open(event)
        said = plain(fact)
        if isinstance(fact, routing.CaseRegistered | routing.CaseTransferred):
            remember_board(session, event, submission_id=fact.submission_id, board=fact.board)
        _tell(event, session, messages, fact, {name: said[name] for name in content})

    return handler


def _tell(
    event: Event,
    session: Session,
    messages: Messages,
    fact: SubmissionReceived | SubmissionSupplemented | routing.CasePayload,
    content: Mapping[str, Any],
) -> None:
    message = messages.chosen(event.name, fact.eservice)
    if message:
        add(
            session,
            event,
            submission_id=fact.submission_id,
            eservice=fact.eservice,
            message=message,
            content=content,
        )
