"""Attachments: files that belong to a submission, or wait for one to claim them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.intake import models
from services.intake.attachments.storage import Storage
from services.intake.forms.errors import FieldError, InvalidAnswer, SubmissionInvalid
from shared.events import intake as events

UNCLAIMED_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Wanted:
    """A file that somebody sends with a submission: by its id, for a question; `pointer` is where they name it."""

    id: UUID
    field: str
    pointer: str


def claimable(session: Session, municipality: str, eservice: str, wanted: Sequence[Wanted]) -> list[models.Attachment]:
    """The uploads that are wanted, in that order, claimed by another or not.

    Raises SubmissionInvalid when one is not there, or was uploaded for something else.
    """
    ids = [each.id for each in wanted]
    of_these = select(models.Attachment).where(
        models.Attachment.municipality == municipality,
        models.Attachment.eservice == eservice,
        models.Attachment.id.in_(ids),
    )
    found = {each.id: each for each in session.scalars(of_these)} if ids else {}
    _refuse(
        each for each in wanted if each.id not in found or found[each.id].field != each.field or ids.count(each.id) > 1
    )
    return [found[file_id] for file_id in ids]


def claim(
    session: Session,
    wanted: Sequence[Wanted],
    *,
    submission_id: UUID,
    supplement_id: UUID | None = None,
    storage: Storage,
    now: datetime,
) -> None:
    """Make the uploads part of a submission, in its transaction. Raises SubmissionInvalid when one is another's, or too old."""
    mine = update(models.Attachment).where(
        models.Attachment.id.in_([each.id for each in wanted]),
        models.Attachment.submission_id.is_(None),
        models.Attachment.received_at > now - UNCLAIMED_LIFE,
    )
    owned = mine.values(submission_id=submission_id, supplement_id=supplement_id).returning(models.Attachment.id)
    claimed = set(session.scalars(owned, execution_options={"synchronize_session": False}))
    _refuse(each for each in wanted if each.id not in claimed)
    for each in wanted:
        storage.keep(each.id)


def told(uploads: Sequence[models.Attachment]) -> list[events.Attachment]:
    """The uploads as events tell of them."""
    return [
        events.Attachment(each.id, each.field, each.name, each.media_type, each.size, each.sha256) for each in uploads
    ]


def claimed(session: Session, file_id: UUID) -> models.Attachment | None:
    """The claimed attachment with this id, which the signature of a link vouches for."""
    found = session.get(models.Attachment, file_id)
    return found if found and found.submission_id else None


def _refuse(lost: Iterable[Wanted]) -> None:
    gone = InvalidAnswer("unknown_attachment", "The file is not here any more. Attach it again.").fault
    if faults := [FieldError(each.pointer, gone) for each in lost]:
        raise SubmissionInvalid(faults)
