"""Remembering how each submitter is reached, and which board has their case."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notify.contacts.models import CaseBoard, Contact
from services.notify.models import insert_unless_present
from shared.database import upsert
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived


def remember_contact(session: Session, submission: SubmissionReceived, municipality: str) -> None:
    """Store how the submitter is reached. A submission is immutable, so a repeated event changes nothing."""
    insert_unless_present(
        session,
        Contact,
        submission_id=submission.submission_id,
        municipality=municipality,
        board=submission.handling.board,
        reference=submission.reference,
        eservice=submission.eservice,
        eservice_title=submission.eservice_title,
        language=submission.language,
        email=submission.submitter.email if submission.submitter else None,
        legal_regime=submission.handling.legal_regime,
        confidential=submission.handling.secrecy is not None,
    )


def remember_board(session: Session, event: Event, *, submission_id: UUID, board: str, protected: bool) -> None:
    """Store which board has the case; of several events the one with the highest sequence counts."""
    row = {
        "submission_id": submission_id,
        "municipality": event.municipality,
        "board": board,
        "protected": protected,
        "sequence": event.sequence,
    }
    session.connection().execute(_insert_or_take_newer(session.get_bind().dialect.name), row)


@cache
def _insert_or_take_newer(dialect: str) -> Any:
    board = upsert(dialect, CaseBoard)
    return board.on_conflict_do_update(
        index_elements=[CaseBoard.submission_id],
        set_={
            "board": board.excluded.board,
            "protected": board.excluded.protected,
            "sequence": board.excluded.sequence,
        },
        where=board.excluded.sequence > CaseBoard.sequence,
    )
