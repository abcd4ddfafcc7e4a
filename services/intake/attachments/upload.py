"""Files received one at a time, before a submission claims them, and purged when none does."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from prometheus_client import Counter
from sqlalchemy import and_, delete, not_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.claim import UNCLAIMED_LIFE, answers, is_over
from services.intake.attachments.models import Attachment
from services.intake.eservices.definition import EService
from services.intake.forms.entries import question_name
from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.file import FileField
from shared.files import receive as files
from shared.files import rows
from shared.files.receive import Accepted, FileNotReceived
from shared.files.storage import Source, Storage
from shared.files.virus_scanner import VirusScanner
from shared.i18n.errors import ErrorMessage

LONGEST_KEPT = timedelta(days=90)  # files without a row: what a draft has may be as old as somebody goes on with it


@dataclass(frozen=True)
class Upload:
    """A file to receive: the question of an e-service that it answers, and the name that the submitter gave it."""

    municipality: str
    eservice: str
    field: FileField
    name: str


class FileRejected(Exception):
    """The file that should answer a field cannot be received: `status` as in HTTP, and the error."""

    def __init__(self, status: int, field: str, error: ErrorMessage) -> None:
        super().__init__(error.code)
        self.status = status
        self.field = field
        self.error = error

    @classmethod
    def of(cls, field: FileField, rejected: FileNotReceived) -> "FileRejected":
        """The refusal of a file that should answer the field."""
        return cls(rejected.status, field.name, rejected.error)


def question(eservice: EService, name: str) -> FileField:
    """The question that a file may answer; FileRejected when there is none of the name."""
    field = eservice.files.get(name)
    if field is None:
        unknown = InvalidAnswer("unknown_field", "There is no question called “%(name)s”.", name=name)
        raise FileRejected(422, name, unknown.error)
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
    rows.add_row(attachment, storage=storage, sessions=sessions)
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
    uploads = session.scalars(named).all() if wanted else []
    found = {each.id: each for each in uploads if storage.has(each.id)}
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
    over = and_(Attachment.submission_id.is_(None), is_over(now))
    purged = rows.purge(Attachment, over, storage=storage, sessions=sessions)
    storage.sweep(now - UNCLAIMED_LIFE, whole_before=now - LONGEST_KEPT)
    return purged


def _stored(
    upload: Upload, source: Source, storage: Storage, scanner: VirusScanner | None, now: datetime
) -> Attachment:
    field = upload.field
    accepted = Accepted(field.accept, field.max_megabytes, field.keep_position)
    try:
        received = files.receive(uuid4(), upload.name, source, accepted, storage=storage, scanner=scanner)
    except FileNotReceived as rejected:
        raise FileRejected.of(field, rejected) from rejected
    return Attachment(
        municipality=upload.municipality,
        eservice=upload.eservice,
        field=question_name(field.name),
        received_at=now,
        **asdict(received),
    )
