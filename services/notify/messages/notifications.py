"""What the submitter is to be told: stored with the event that caused it, sent later by the dispatcher."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from services.notify.models import Base, CaseBoard, Contact, Notification
from shared.database import upsert
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived


def remember_contact(session: Session, received: SubmissionReceived, municipality: str) -> None:
    """Keep how the submitter is reached. What was received is immutable, so a repeat changes nothing."""
    _insert_new(
        session,
        Contact,
        submission_id=received.submission_id,
        municipality=municipality,
        board=received.handling.board,
        reference=received.reference,
        eservice=received.eservice,
        eservice_title=received.eservice_title,
        language=received.language,
        email=received.submitter.email if received.submitter else None,
        legal_regime=received.handling.legal_regime,
        confidential=received.handling.secrecy is not None,
    )


def remember_board(session: Session, event: Event, *, submission_id: UUID, board: str) -> None:
    """Keep which board has the case, as the event of the highest sequence that has come says."""
    row = {
        "submission_id": submission_id,
        "municipality": event.municipality,
        "board": board,
        "sequence": event.sequence,
    }
    session.connection().execute(_insert_or_take_newer(session.get_bind().dialect.name), row)


def add(
    session: Session,
    event: Event,
    *,
    submission_id: UUID,
    eservice: str,
    message: str,
    content: Mapping[str, Any],
) -> None:
    """Have the submitter told, once for each event, and of the receipt once for each submission.

    The contact may not be known yet: the notification is then sent when `submission.received` has come. Its id is
    made from the event, so that a message told again after the store was lost is the same mail.
    """
    _insert_new(
        session,
        Notification,
        id=uuid5(event.id, message),
        municipality=event.municipality,
        submission_id=submission_id,
        event_id=event.id,
        eservice=eservice,
        message=message,
        content=content,
        traceparent=event.traceparent,
        occurred_at=event.time,
        next_attempt_at=event.time,
    )


def _insert_new(session: Session, table: type[Base], **row: Any) -> None:
    """Insert the row, unless one is there that it would repeat: the tables' unique keys say what that is."""
    session.connection().execute(_insert_unless_there(session.get_bind().dialect.name, table), row)


@cache
def _insert_unless_there(dialect: str, table: type[Base]) -> Any:
    return upsert(dialect, table).on_conflict_do_nothing()


@cache
def _insert_or_take_newer(dialect: str) -> Any:
    board = upsert(dialect, CaseBoard)
    return board.on_conflict_do_update(
        index_elements=[CaseBoard.submission_id],
        set_={"board": board.excluded.board, "sequence": board.excluded.sequence},
        where=board.excluded.sequence > CaseBoard.sequence,
    )
