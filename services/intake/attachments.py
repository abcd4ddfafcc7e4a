"""Attachments: files that belong to a submission, or wait for one to claim them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.intake import models
from services.intake.forms.faults import Fault, Misplaced, Refused, Wrong
from services.intake.storage import Storage
from shared.events import intake as events

UNCLAIMED_LIFE = timedelta(hours=24)


def claimable(
    session: Session, municipality: str, eservice: str, wanted: Mapping[str, Sequence[UUID]]
) -> list[models.Attachment]:
    """The uploads that a submission names by field, claimed by another or not.

    Raises Refused when one is not there, or was uploaded for something else.
    """
    ids = [file_id for several in wanted.values() for file_id in several]
    of_these = select(models.Attachment).where(
        models.Attachment.municipality == municipality,
        models.Attachment.eservice == eservice,
        models.Attachment.id.in_(ids),
    )
    found = {each.id: each for each in session.scalars(of_these)} if ids else {}
    lacking = [
        Misplaced(f"/attachments/{field}/{index}", _gone())
        for field, several in wanted.items()
        for index, file_id in enumerate(several)
        if file_id not in found or found[file_id].field != field or ids.count(file_id) > 1
    ]
    if lacking:
        raise Refused(lacking)
    return [found[file_id] for file_id in ids]


def claim(
    session: Session,
    uploads: Sequence[models.Attachment],
    *,
    submission_id: UUID,
    supplement_id: UUID | None = None,
    storage: Storage,
    now: datetime,
) -> None:
    """Make the uploads part of a submission, in its transaction. Raises Refused when one is another's, or too old."""
    mine = update(models.Attachment).where(
        models.Attachment.id.in_([each.id for each in uploads]),
        models.Attachment.submission_id.is_(None),
        models.Attachment.received_at > now - UNCLAIMED_LIFE,
    )
    owned = mine.values(submission_id=submission_id, supplement_id=supplement_id).returning(models.Attachment.id)
    claimed = set(session.scalars(owned, execution_options={"synchronize_session": False}))
    lost = [each for each in uploads if each.id not in claimed]
    if lost:
        raise Refused([Misplaced(f"/attachments/{each.field}", _gone()) for each in lost])
    for each in uploads:
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


def _gone() -> Fault:
    return Wrong("unknown_attachment", "The file is not here any more. Attach it again.").fault
