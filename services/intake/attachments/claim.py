"""Attachments: files that belong to a submission, or wait for one to claim them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, not_, select, update
from sqlalchemy.orm import Session

from services.intake.attachments.models import Attachment
from services.intake.attachments.storage import Storage
from services.intake.forms.errors import FieldError, InvalidAnswer, SubmissionInvalid
from shared.events import intake as events

UNCLAIMED_LIFE = timedelta(hours=24)


def is_over(now: datetime) -> ColumnElement[bool]:
    """Whether the time is over for which an upload that nobody has claimed is kept."""
    return func.coalesce(Attachment.kept_until <= now, Attachment.received_at <= now - UNCLAIMED_LIFE)


@dataclass(frozen=True)
class RequestedFile:
    """A file that is sent with a submission: its id, its question, and the `pointer` to where the request names it."""

    id: UUID
    field: str
    pointer: str


def claimable(
    session: Session, municipality: str, eservice: str, requested: Sequence[RequestedFile]
) -> list[Attachment]:
    """The requested uploads, in that order, whether another submission has claimed them or not.

    Raises SubmissionInvalid when one does not exist, or was uploaded for something else.
    """
    ids = [each.id for each in requested]
    of_these = select(Attachment).where(
        Attachment.municipality == municipality,
        Attachment.eservice == eservice,
        Attachment.id.in_(ids),
    )
    found = {each.id: each for each in session.scalars(of_these)} if ids else {}
    _refuse(
        each
        for each in requested
        if each.id not in found or found[each.id].field != each.field or ids.count(each.id) > 1
    )
    return [found[file_id] for file_id in ids]


def claim(
    session: Session,
    requested: Sequence[RequestedFile],
    *,
    submission_id: UUID,
    supplement_id: UUID | None = None,
    storage: Storage,
    now: datetime,
) -> None:
    """Make the uploads part of a submission, in its transaction.

    Raises SubmissionInvalid when one belongs to another, is too old, or its file is missing.
    """
    unclaimed = update(Attachment).where(
        Attachment.id.in_([each.id for each in requested]),
        Attachment.submission_id.is_(None),
        not_(is_over(now)),
    )
    claim_them = unclaimed.values(submission_id=submission_id, supplement_id=supplement_id).returning(Attachment.id)
    claimed = set(session.scalars(claim_them, execution_options={"synchronize_session": False}))
    _refuse(each for each in requested if each.id not in claimed)
    _refuse(each for each in requested if not _kept(each.id, storage))


def _kept(file_id: UUID, storage: Storage) -> bool:
    try:
        storage.keep(file_id)
    except FileNotFoundError:
        return False
    return True


def event_attachments(uploads: Sequence[Attachment]) -> list[events.Attachment]:
    """The uploads as events have them."""
    return [
        events.Attachment(each.id, each.field, each.name, each.media_type, each.size, each.sha256) for each in uploads
    ]


def claimed(session: Session, file_id: UUID) -> Attachment | None:
    """The claimed attachment with this id, which the signature of a link guarantees."""
    found = session.get(Attachment, file_id)
    return found if found and found.submission_id else None


def _refuse(missing: Iterable[RequestedFile]) -> None:
    invalid = InvalidAnswer("unknown_attachment", "The file is not here any more. Attach it again.")
    if errors := [FieldError(each.pointer, invalid.error) for each in missing]:
        raise SubmissionInvalid(errors)
