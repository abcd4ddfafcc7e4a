"""Attachments: files that belong to a submission, or wait for one to claim them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, not_, select, update
from sqlalchemy.orm import Session

from services.intake.attachments.models import Attachment
from services.intake.attachments.size_limits import Room
from services.intake.forms.entries import numbered_from_one, question_name
from services.intake.forms.errors import FieldError, InvalidAnswer, SubmissionInvalid
from services.intake.forms.fields.field import Text
from services.intake.forms.fields.file import FileField
from shared.events import intake as events
from shared.files.rows import kept
from shared.files.storage import Storage

UNCLAIMED_LIFE = timedelta(hours=24)

_UNKNOWN = InvalidAnswer("unknown_attachment", "The file is not here any more. Attach it again.")


def is_over(now: datetime) -> ColumnElement[bool]:
    """Whether the time is over for which an upload that nobody has claimed is kept."""
    return func.coalesce(Attachment.kept_until <= now, Attachment.received_at <= now - UNCLAIMED_LIFE)


@dataclass(frozen=True)
class RequestedFile:
    """A file that is sent with a submission: its id, and the `pointer` to where the request names it.

    `field` is its question by the name on the page, with the entry of a repeated section: `children.0.certificate`.
    """

    id: UUID
    field: str
    pointer: str


def claimable(
    session: Session,
    municipality: str,
    eservice: str,
    fields: Mapping[str, FileField],
    requested: Sequence[RequestedFile],
) -> list[Attachment]:
    """The requested uploads, in that order, whether another submission has claimed them or not.

    `fields` has the questions that they answer, by name. Raises SubmissionInvalid when one does not exist, was uploaded
    for something else, or they are too large together.
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
        if each.id not in found or not answers(found[each.id], each.field) or ids.count(each.id) > 1
    )
    if errors := list(_without_room([(each, found[each.id]) for each in requested], fields)):
        raise SubmissionInvalid(errors)
    return [found[file_id] for file_id in ids]


def _without_room(
    uploads: Sequence[tuple[RequestedFile, Attachment]], fields: Mapping[str, FileField]
) -> Iterator[FieldError]:
    room = Room()
    for requested, upload in uploads:
        field = fields[requested.field]
        try:
            room.check(field, upload.name, upload.size)
        except InvalidAnswer as invalid:
            yield FieldError(requested.pointer, invalid.error)
        else:
            room.take(field, upload.size)


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
    if missing := [each for each in requested if each.id not in claimed or not kept(each.id, storage)]:
        raise SubmissionInvalid(_all_gone(session, missing))
    for each in requested:
        if (name := numbered_from_one(each.field)) != each.field:
            session.execute(update(Attachment).where(Attachment.id == each.id).values(field=name))


def _all_gone(session: Session, files: Sequence[RequestedFile]) -> Iterator[FieldError]:
    named = select(Attachment.id, Attachment.name).where(Attachment.id.in_([each.id for each in files]))
    names = {file_id: name for file_id, name in session.execute(named)}  # noqa: C416 - a row is no tuple to mypy
    for each in files:
        invalid = gone(names[each.id]) if each.id in names else _UNKNOWN
        yield FieldError(each.pointer, invalid.error)


def gone(name: str) -> InvalidAnswer:
    """The error of a file that was here and is not any more."""
    return InvalidAnswer("file_gone", "“%(name)s” is not here any more. Attach it again, or remove it.", name=name)


def answers(upload: Attachment, field: str) -> bool:
    """Whether it was uploaded for the question, in whichever entry it then stood."""
    return question_name(upload.field) == question_name(field)


def event_attachments(
    uploads: Sequence[Attachment], requested: Sequence[RequestedFile], labels: Mapping[str, Text]
) -> list[events.Attachment]:
    """The uploads, in the order of what was `requested`, as events have them; `labels` by field, where it has one."""
    return [
        events.Attachment(
            upload.id,
            numbered_from_one(each.field),
            upload.name,
            upload.media_type,
            upload.size,
            upload.sha256,
            dict(labels[each.field]) if each.field in labels else None,
        )
        for upload, each in zip(uploads, requested, strict=True)
    ]


def claimed(session: Session, file_id: UUID) -> Attachment | None:
    """The claimed attachment with this id, which the signature of a link guarantees."""
    found = session.get(Attachment, file_id)
    return found if found and found.submission_id else None


def _refuse(missing: Iterable[RequestedFile]) -> None:
    if errors := [FieldError(each.pointer, _UNKNOWN.error) for each in missing]:
        raise SubmissionInvalid(errors)
