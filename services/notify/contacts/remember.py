"""Remembering how submitters and officers are reached, and which board has a submission's case."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notify.contacts.models import CaseBoard, Contact
from shared.bulk import insert_new, upsert_rows
from shared.bus.event_processor import OpenedEvent
from shared.events.envelope import Event
from shared.events.intake import DraftClosingSoon, SubmissionReceived
from shared.events.routing import OfficerUpdatesFound
from shared.swedish.law import LegalRegime


def contact_of(submission: SubmissionReceived, municipality: str) -> dict[str, Any]:
    """The row of a submission's contact."""
    return {
        "submission_id": submission.submission_id,
        "municipality": municipality,
        "board": submission.handling.board,
        "reference": submission.reference,
        "eservice": submission.eservice,
        "eservice_title": submission.eservice_title,
        "language": submission.language,
        "email": submission.submitter.email if submission.submitter else None,
        "legal_regime": submission.handling.legal_regime,
        "confidential": submission.handling.secrecy is not None,
        "submitter_is_party": submission.handling.submitter_is_party,
        "expires_at": None,
    }


def contact_of_draft(draft: DraftClosingSoon, municipality: str) -> dict[str, Any]:
    """The row of the contact of a draft whose e-service closes."""
    return {
        "submission_id": draft.draft_id,
        "municipality": municipality,
        "board": "",
        "reference": "",
        "eservice": draft.eservice,
        "eservice_title": draft.eservice_title,
        "language": draft.language,
        "email": draft.email,
        "legal_regime": draft.legal_regime,
        "confidential": draft.secrecy is not None,
        "submitter_is_party": True,
        "expires_at": draft.closes_at,
    }


def remember_contacts(session: Session, contacts: Sequence[Mapping[str, Any]]) -> None:
    """Store how submitters are reached. A submission is immutable, so a repeated event changes nothing."""
    insert_new(session.connection(), Contact, sorted(contacts, key=_submission))


def remember_drafts(session: Session, contacts: Sequence[Mapping[str, Any]]) -> None:
    """Store how the submitters of drafts are reached now: an address given later takes the place of one before."""
    newest = {contact["submission_id"]: contact for contact in contacts}
    if newest:
        upsert_rows(session.connection(), Contact, sorted(newest.values(), key=_submission), _take_latest)


def remember_officers(session: Session, opened: Sequence[OpenedEvent[OfficerUpdatesFound]]) -> None:
    """Store how officers are reached, by the last of the events; confidential, so that no list has them."""
    latest = {each.payload.officer_id: each for each in opened}
    rows = [
        {
            "submission_id": officer_id,
            "municipality": each.event.municipality,
            "board": "",
            "reference": "",
            "eservice": "",
            "eservice_title": {"sv": ""},
            "language": each.payload.language,
            "email": each.payload.email,
            "legal_regime": LegalRegime.FAKTISKT_HANDLANDE,
            "confidential": True,
            "submitter_is_party": False,
        }
        for officer_id, each in latest.items()
    ]
    if rows:
        upsert_rows(session.connection(), Contact, sorted(rows, key=_submission), _take_new)


def board_of(event: Event, *, submission_id: UUID, board: str, protected: bool) -> dict[str, Any]:
    """The row of the board that has a case, by an event of the case."""
    return {
        "submission_id": submission_id,
        "municipality": event.municipality,
        "board": board,
        "protected": protected,
        "sequence": event.sequence,
    }


def remember_boards(session: Session, boards: Sequence[Mapping[str, Any]]) -> None:
    """Store which boards have the cases; of several events of a case the one with the highest sequence counts."""
    newest = {board["submission_id"]: board for board in sorted(boards, key=lambda board: board["sequence"])}
    if newest:
        upsert_rows(session.connection(), CaseBoard, sorted(newest.values(), key=_submission), _take_newer)


def _submission(row: Mapping[str, Any]) -> UUID:
    """What rows are inserted in the order of, so that no two transactions wait for each other."""
    submission_id: UUID = row["submission_id"]
    return submission_id


def _take_new(insert: Any) -> Any:
    changed = {name: insert.excluded[name] for name in ("language", "email")}
    return insert.on_conflict_do_update(index_elements=[Contact.submission_id], set_=changed)


def _take_newer(insert: Any) -> Any:
    return insert.on_conflict_do_update(
        index_elements=[CaseBoard.submission_id],
        set_={name: insert.excluded[name] for name in ("board", "protected", "sequence")},
        where=insert.excluded.sequence > CaseBoard.sequence,
    )


def _take_latest(insert: Any) -> Any:
    return insert.on_conflict_do_update(
        index_elements=[Contact.submission_id],
        set_={name: insert.excluded[name] for name in ("email", "language", "expires_at")},
        where=Contact.expires_at.is_not(None),
    )
