"""Files received one at a time, before a submission claims them, and purged when none does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PureWindowsPath
from typing import IO
from uuid import UUID, uuid4

import structlog
from prometheus_client import Counter
from sqlalchemy import delete, not_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments import packaged_documents
from services.intake.attachments.claim import UNCLAIMED_LIFE, answers, is_over
from services.intake.attachments.file_types import HEAD, KINDS, SUFFIXES, kinds_that_begin_so, media_type
from services.intake.attachments.models import Attachment
from services.intake.attachments.position.blocks import PictureUnreadable
from services.intake.attachments.position.pictures import remove_position
from services.intake.attachments.size_limits import too_large
from services.intake.attachments.storage import Source, Storage, TooLarge
from services.intake.attachments.virus_scanner import Infected, ScannerAway, VirusScanner
from services.intake.eservices.definition import EService
from services.intake.forms.entries import question_name
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


log = structlog.get_logger()

REJECTED = Counter("intake_attachments_rejected", "Files not received, by error.", ["error"])
RECEIVED = Counter("intake_attachments_received", "Files received.")
RECEIVED_BYTES = Counter("intake_attachments_received_bytes", "Bytes of the files received.")


def receive(
    upload: Upload,
    source: Source,
    *,
    storage: Storage,
    scanner: VirusScanner | None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Attachment:
    """Receive a file, for a later submission to claim. Raises FileRejected; then nothing of it is stored."""
    try:
        attachment = _stored(upload, source, storage, scanner, now)
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


def find(
    session: Session,
    municipality: str,
    eservice: str,
    ids: Mapping[str, Sequence[UUID]],
    *,
    storage: Storage,
    now: datetime,
) -> dict[str, list[Attachment]]:
    """By question, those of the uploads that can be sent, or were, in the order of the ids: their files are here."""
    wanted = [each for several in ids.values() for each in several]
    named = select(Attachment).where(
        Attachment.municipality == municipality,
        Attachment.eservice == eservice,
        Attachment.id.in_(wanted),
        or_(Attachment.submission_id.is_not(None), not_(is_over(now))),
    )
    rows = session.scalars(named).all() if wanted else []
    found = {each.id: each for each in rows if storage.has(each.id)}
    return {
        name: [found[each] for each in dict.fromkeys(several) if each in found and answers(found[each], name)]
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
    storage.sweep(now - UNCLAIMED_LIFE, whole_before=now - LONGEST_KEPT)
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


def _stored(
    upload: Upload, source: Source, storage: Storage, scanner: VirusScanner | None, now: datetime
) -> Attachment:
    field, name = upload.field, clean_name(upload.name)
    head = _head(source)
    if not head:
        raise FileRejected(422, field.name, InvalidAnswer("empty_file", "“%(name)s” is empty.", name=name))
    examination = _Examination(field, name, head, scanner)
    file_id = uuid4()
    try:
        stored = storage.receive(file_id, head, source, field.max_bytes, examination)
    except TooLarge as error:
        raise FileRejected(413, field.name, too_large(name, field)) from error
    return Attachment(
        id=file_id,
        municipality=upload.municipality,
        eservice=upload.eservice,
        field=question_name(field.name),
        name=_named_for(name, examination.media_type),
        media_type=examination.media_type,
        size=stored.size,
        sha256=stored.sha256,
        position_removed=examination.position_removed,
        received_at=now,
    )


class _Examination:
    """Finds out of what kind a file is, removes from a picture where it was taken, and has the file scanned.

    FileRejected, from the head alone or when it is called with the whole file, where the field does not take it.
    """

    def __init__(self, field: FileField, name: str, head: bytes, scanner: VirusScanner | None) -> None:
        self._field, self._name, self._head, self._scanner = field, name, head, scanner
        self._kinds = kinds_that_begin_so(head, field.accept)
        if not self._kinds:
            raise self._of_no_such_kind()
        self.media_type = ""
        self.position_removed = False

    def __call__(self, file: IO[bytes]) -> bool:
        """Whether the file was changed."""
        self.media_type = media_type(self._kind(file), self._head)
        if not self._field.keep_position:
            self._remove_position(file)
        if self._scanner:
            self._scan(self._scanner, file)
        return self.position_removed

    def _kind(self, file: IO[bytes]) -> str:
        if not KINDS[self._kinds[0]].is_archive:
            return self._kinds[0]
        try:
            found = packaged_documents.kind_of(file)
        except packaged_documents.HoldsMacros as error:
            raise self._rejected(415, _with_macros(self._name)) from error
        if found not in self._kinds:
            raise self._of_no_such_kind()
        return str(found)

    def _remove_position(self, file: IO[bytes]) -> None:
        try:
            self.position_removed = remove_position(file, self.media_type)
        except PictureUnreadable as error:
            raise self._rejected(415, _unreadable(self._name)) from error

    def _scan(self, scanner: VirusScanner, file: IO[bytes]) -> None:
        try:
            scanner.check(file)
        except Infected as infected:
            log.warning("file_infected", signature=infected.signature, field=self._field.name)
            raise self._rejected(422, _infected(self._name)) from infected
        except ScannerAway as error:
            raise not_scanned(self._field, self._name) from error

    def _of_no_such_kind(self) -> FileRejected:
        return self._rejected(
            415,
            InvalidAnswer(
                "file_type",
                "“%(name)s” is not a file of the kind asked for, whatever its name says. Send %(kinds)s.",
                name=self._name,
                kinds=self._field.kinds,
            ),
        )

    def _rejected(self, status: int, invalid: InvalidAnswer) -> FileRejected:
        return FileRejected(status, self._field.name, invalid)


def _with_macros(name: str) -> InvalidAnswer:
    return InvalidAnswer(
        "macros", "“%(name)s” has macros, which can do harm. Save it without them and send that.", name=name
    )


def _unreadable(name: str) -> InvalidAnswer:
    return InvalidAnswer("unreadable", "“%(name)s” cannot be read as a picture. Save it anew and send that.", name=name)


def _infected(name: str) -> InvalidAnswer:
    return InvalidAnswer(
        "infected", "“%(name)s” was not received: the virus scanner found something harmful in it.", name=name
    )


def not_scanned(field: FileField, name: str) -> FileRejected:
    """The error of a file that the virus scanner has not examined in time."""
    invalid = InvalidAnswer(
        "not_scanned",
        "“%(name)s” was not received: the virus scanner does not answer just now. Attach it again in a while.",
        name=name,
    )
    return FileRejected(503, field.name, invalid)


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
