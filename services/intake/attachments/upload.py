"""Files received one at a time, before a submission claims them, and purged when none does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PureWindowsPath
from uuid import UUID, uuid4

from prometheus_client import Counter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.claim import is_over
from services.intake.attachments.file_types import HEAD, SUFFIXES, sniff
from services.intake.attachments.models import Attachment
from services.intake.attachments.storage import Source, Storage, TooLarge
from services.intake.eservices.definition import EService
from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.file import FileField
from shared.text import TextTooLong, TooManyMarks, normalized

MAX_NAME = 120
PURGED_AT_ONCE = 1_000
LONGEST_KEPT = timedelta(days=90)  # files without a row: what a draft has may be as old as somebody goes on with it
MAX_PATH = 1_000  # what some browsers call a file

_UNFIT_FOR_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True)
class Upload:
    """A file to receive: the question of an e-service that it answers, and the name that the submitter gave it."""

    municipality: str
    eservice: str
    field: FileField
    name: str


class FileRejected(Exception):
    """The file that should answer a field cannot be received: `status` as in HTTP, and the error."""

    def __init__(self, status: int, field: str, invalid: InvalidAnswer) -> None:
        super().__init__(invalid.error.code)
        self.status = status
        self.field = field
        self.error = invalid.error


def question(eservice: EService, name: str) -> FileField:
    """The question that a file may answer; FileRejected when there is none of the name."""
    field = eservice.files.get(name)
    if field is None:
        raise FileRejected(
            422, name, InvalidAnswer("unknown_field", "There is no question called “%(name)s”.", name=name)
        )
    return field


REJECTED = Counter("intake_attachments_rejected", "Files not received, by error.", ["error"])
RECEIVED = Counter("intake_attachments_received", "Files received.")
RECEIVED_BYTES = Counter("intake_attachments_received_bytes", "Bytes of the files received.")


def receive(
    upload: Upload, source: Source, *, storage: Storage, sessions: sessionmaker[Session], now: datetime
) -> Attachment:
    """Receive a file, for a later submission to claim. Raises FileRejected; then nothing of it is stored."""
    try:
        attachment = _stored(upload, source, storage, now)
    except FileRejected as rejected:
        REJECTED.labels(rejected.error.code).inc()
        raise
    try:
        with sessions.begin() as session:
            session.add(attachment)
    except Exception:
        storage.delete(attachment.id)
        raise
    RECEIVED.inc()
    RECEIVED_BYTES.inc(attachment.size)
    return attachment


def find(session: Session, municipality: str, eservice: str, field: str, ids: Sequence[UUID]) -> list[Attachment]:
    """Those of the uploads for a question that are here, in the order of the ids."""
    named = select(Attachment).where(
        Attachment.municipality == municipality,
        Attachment.eservice == eservice,
        Attachment.field == field,
        Attachment.id.in_(ids),
    )
    found = {each.id: each for each in session.scalars(named)} if ids else {}
    return [found[file_id] for file_id in dict.fromkeys(ids) if file_id in found]


def find_all(
    session: Session, municipality: str, eservice: str, ids: Mapping[str, Sequence[UUID]]
) -> dict[str, list[Attachment]]:
    """The same for several questions at once."""
    wanted = [each for several in ids.values() for each in several]
    named = select(Attachment).where(
        Attachment.municipality == municipality, Attachment.eservice == eservice, Attachment.id.in_(wanted)
    )
    found = {each.id: each for each in session.scalars(named)} if wanted else {}
    return {
        name: [found[each] for each in several if each in found and found[each].field == name]
        for name, several in ids.items()
    }


def remove(municipality: str, file_id: UUID, *, storage: Storage, sessions: sessionmaker[Session]) -> None:
    """Delete an upload that nobody has claimed; nothing happens when there is none."""
    unclaimed = delete(Attachment).where(
        Attachment.municipality == municipality,
        Attachment.id == file_id,
        Attachment.submission_id.is_(None),
    )
    with sessions.begin() as session:
        gone = session.scalar(unclaimed.returning(Attachment.id))
    if gone:
        storage.delete(file_id)


def purge(*, storage: Storage, sessions: sessionmaker[Session], now: datetime) -> int:
    """Delete uploads that nobody claimed in their time, row and file; how many rows there were."""
    purged = 0
    while some := _purge_some(now, storage, sessions):
        purged += some
    storage.sweep(now - LONGEST_KEPT)
    return purged


def _purge_some(now: datetime, storage: Storage, sessions: sessionmaker[Session]) -> int:
    old = select(Attachment.id).where(Attachment.submission_id.is_(None), is_over(now))
    with sessions.begin() as session:
        ids = session.scalars(old.limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)).all()
        session.execute(delete(Attachment).where(Attachment.id.in_(ids)))
        for file_id in ids:
            storage.delete(file_id)
    return len(ids)


def clean_name(name: str) -> str:
    """A file's name without path, control characters and what file systems refuse; at most 120 characters.

    `fil` where nothing is left, and where it is longer than any system's path or no name at all.
    """
    try:
        last = PureWindowsPath(normalized(name, MAX_PATH)).name
    except (TextTooLong, TooManyMarks):
        last = ""
    bare = " ".join(_UNFIT_FOR_NAMES.sub("", last).split()).strip(". ")
    stem, dot, suffix = bare.rpartition(".")
    if not dot or len(suffix) > 10:
        return bare[:MAX_NAME] or "fil"
    return f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}"


def _stored(upload: Upload, source: Source, storage: Storage, now: datetime) -> Attachment:
    field, name = upload.field, clean_name(upload.name)
    head = _head(source)
    if not head:
        raise FileRejected(422, field.name, InvalidAnswer("empty_file", "“%(name)s” is empty.", name=name))
    media_type = sniff(head, field.accept)
    if media_type is None:
        raise FileRejected(415, field.name, _unaccepted_type(name, field))
    file_id = uuid4()
    try:
        stored = storage.receive(file_id, head, source, field.max_bytes)
    except TooLarge as error:
        raise FileRejected(413, field.name, _too_large(name, field)) from error
    return Attachment(
        id=file_id,
        municipality=upload.municipality,
        eservice=upload.eservice,
        field=field.name,
        name=_named_for(name, media_type),
        media_type=media_type,
        size=stored.size,
        sha256=stored.sha256,
        received_at=now,
    )


def _named_for(name: str, media_type: str) -> str:
    """The name with a suffix of its kind: what looks like a PDF must not be opened as a script because of its name."""
    suffixes = SUFFIXES[media_type]
    if name.rpartition(".")[2].lower() in suffixes:
        return name
    return f"{name[: MAX_NAME - len(suffixes[0]) - 1]}.{suffixes[0]}"


def _head(source: Source) -> bytes:
    """The first bytes; a stream may give fewer at a time."""
    head = b""
    while len(head) < HEAD and (piece := source.read(HEAD - len(head))):
        head += piece
    return head


def _unaccepted_type(name: str, field: FileField) -> InvalidAnswer:
    return InvalidAnswer(
        "file_type",
        "“%(name)s” is not a file of the kind asked for, whatever its name says. Send %(kinds)s.",
        name=name,
        kinds=", ".join(field.accept),
    )


def _too_large(name: str, field: FileField) -> InvalidAnswer:
    return InvalidAnswer(
        "too_large", "“%(name)s” is too large. It may be at most %(most)s MB.", name=name, most=field.max_megabytes
    )
