"""Taking the files of a mail, one at a time, before the mail is received; they go when it is not, or is dismissed.

A mail is received with its text whatever becomes of its files: each that is not taken has its reason.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from prometheus_client import Counter
from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.notify.inbound.read_mail import CarriedFile
from services.notify.mail_files.models import MailFile
from services.notify.settings import Settings
from shared.events.notify import FileNotTaken, MailAttachment
from shared.files import receive as files
from shared.files import rows
from shared.files.file_types import KINDS
from shared.files.integrity import KeptFiles
from shared.files.not_taken import NO_ROOM, TOO_MANY
from shared.files.receive import Accepted, FileNotReceived
from shared.files.rows import kept
from shared.files.storage import MB, Storage
from shared.files.virus_scanner import VirusScanner

MOST_FILES = 20  # of one mail
LIFE = timedelta(hours=24)  # of files whose mail was not received
WINDOW = timedelta(days=1)

RECEIVED = Counter("notify_mail_files_received", "Files received with mail.")
NOT_TAKEN = Counter("notify_mail_files_not_taken", "Files of mail that were not taken, by reason.", ["reason"])

log = structlog.get_logger(__name__)


class FilesGone(Exception):
    """Files that were taken a moment ago are not here any more: the mail is to come again."""


class NotScanned(Exception):
    """The virus scanner does not answer: the mail is to come again, when it does."""


@dataclass(frozen=True)
class MailFileLimits:
    """How many megabytes are taken: of one file; within a day of one case, of mail without a case, and in all.

    The last two are of each municipality.
    """

    of_file: int
    of_case: int
    without_case: int
    in_all: int

    @classmethod
    def of(cls, settings: Settings) -> "MailFileLimits":
        """As the settings have them."""
        return cls(
            settings.mail_file_mb,
            settings.mail_files_case_mb,
            settings.mail_files_unplaced_mb,
            settings.mail_files_all_mb,
        )


@dataclass(frozen=True)
class TakenFiles:
    """What became of the files of a mail."""

    attachments: Sequence[MailAttachment] = ()
    not_taken: Sequence[FileNotTaken] = ()


@dataclass(frozen=True)
class FileTaker:
    """Takes files into the storage, within limits; `scanner` None: they are not scanned."""

    storage: Storage
    sessions: sessionmaker[Session]
    limits: MailFileLimits
    scanner: VirusScanner | None = None

    def take(
        self,
        carried: Sequence[CarriedFile],
        municipality: str,
        submission_id: UUID | None,
        *,
        now: datetime,
        may_wait: bool,
    ) -> TakenFiles:
        """Take those that can be taken.

        Where the virus scanner does not answer and the mail `may_wait`, none is taken. Raises NotScanned.
        """
        if not carried:
            return TakenFiles()
        attachments: list[MailAttachment] = []
        not_taken: list[FileNotTaken] = []
        room = self._room(municipality, submission_id, now)
        try:
            for number, each in enumerate(carried):
                reason = TOO_MANY if number >= MOST_FILES else NO_ROOM if each.size > room else None
                taken = reason or self._take(each, municipality, submission_id, now, may_wait)
                if isinstance(taken, str):
                    not_taken.append(FileNotTaken(each.name, each.media_type, each.size, taken))
                else:
                    attachments.append(taken)
                    room -= taken.size
        except Exception:
            self.discard(attachments)
            raise
        for left_out in not_taken:
            NOT_TAKEN.labels(left_out.reason).inc()
        RECEIVED.inc(len(attachments))
        return TakenFiles(attachments, not_taken)

    def claim(self, session: Session, attachments: Sequence[MailAttachment], mail_id: UUID) -> None:
        """Let the files belong to a mail, in the transaction that receives it. Raises FilesGone."""
        ids = [each.id for each in attachments]
        waiting = update(MailFile).where(MailFile.id.in_(ids), MailFile.mail_id.is_(None))
        claimed = session.scalars(waiting.values(mail_id=mail_id).returning(MailFile.id)).all() if ids else ()
        if len(claimed) < len(ids) or not all(kept(each, self.storage) for each in ids):
            raise FilesGone

    def discard(self, attachments: Sequence[MailAttachment]) -> None:
        """Delete files whose mail is not received after all."""
        ids = [each.id for each in attachments]
        unclaimed = delete(MailFile).where(MailFile.id.in_(ids), MailFile.mail_id.is_(None)).returning(MailFile.id)
        with self.sessions.begin() as session:
            gone = session.scalars(unclaimed).all() if ids else ()
        for file_id in gone:
            self.storage.delete(file_id)

    def _take(
        self, carried: CarriedFile, municipality: str, submission_id: UUID | None, now: datetime, may_wait: bool
    ) -> MailAttachment | str:
        """The file as it is kept, or why it was not taken."""
        accepted = Accepted(tuple(KINDS), self.limits.of_file)
        try:
            if carried.size > self.limits.of_file * MB:
                raise files.too_large(carried.name, self.limits.of_file)
            received = files.receive(
                uuid4(), carried.name, carried.open(), accepted, storage=self.storage, scanner=self.scanner
            )
        except FileNotReceived as error:
            if error.status == 503 and may_wait:
                raise NotScanned from error
            return error.error.code
        row = MailFile(municipality=municipality, submission_id=submission_id, received_at=now, **asdict(received))
        rows.add_row(row, storage=self.storage, sessions=self.sessions)
        return MailAttachment(received.id, received.name, received.media_type, received.size, received.sha256)

    def _room(self, municipality: str, submission_id: UUID | None, now: datetime) -> int:
        """For how many bytes there is room within the day."""
        lately = select(func.coalesce(func.sum(MailFile.size), 0)).where(
            MailFile.municipality == municipality, MailFile.received_at > now - WINDOW
        )
        alike = MailFile.submission_id == submission_id if submission_id else MailFile.submission_id.is_(None)
        most = self.limits.of_case if submission_id else self.limits.without_case
        with self.sessions() as session:
            in_all, of_these = session.scalar(lately) or 0, session.scalar(lately.where(alike)) or 0
        return min(self.limits.in_all * MB - in_all, most * MB - of_these)


def destroy_later(session: Session, municipality: str, mail_id: UUID, at: datetime) -> None:
    """Have the files of a mail deleted at a time."""
    theirs = (MailFile.municipality == municipality, MailFile.mail_id == mail_id)
    session.execute(update(MailFile).where(*theirs).values(kept_until=at))


def purge(*, storage: Storage, sessions: sessionmaker[Session], now: datetime) -> int:
    """Delete the files of mails that were not received, or were dismissed long enough ago; how many there were."""
    unclaimed = and_(MailFile.mail_id.is_(None), MailFile.received_at <= now - LIFE)
    purged = rows.purge(MailFile, or_(unclaimed, MailFile.kept_until <= now), storage=storage, sessions=sessions)
    storage.sweep(now - LIFE, whole_before=now - LIFE)
    return purged


def kept_mail_files(storage: Storage, sessions: sessionmaker[Session]) -> KeptFiles:
    """The files of mails that were received, to open and to compare with what came."""
    return KeptFiles("notify", MailFile, MailFile.mail_id.is_not(None), storage, sessions)
