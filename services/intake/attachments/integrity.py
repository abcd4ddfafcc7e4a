"""Whether the attachments that submissions came with are here as they were sent.

They are read through a little at a time, all the time; a damaged one is read again each time, until it is restored.
"""

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.models import Attachment
from shared.files.storage import CHUNK, Storage

TURN_SECONDS = 60.0
RECHECK = timedelta(days=1)
MOST_FILES = 500  # of each kind in a turn

log = structlog.get_logger()

CHECKED = Counter("intake_attachments_checked", "Attachments compared with what was received.")
CHECKED_BYTES = Counter("intake_attachments_checked_bytes", "Bytes of the attachments compared with what was received.")


class Damage(StrEnum):
    """What is wrong with an attachment: it is not there, or not as it was sent."""

    MISSING = "missing"
    ALTERED = "altered"


class AttachmentDamaged(Exception):
    """The attachment cannot be opened; operators see that it is so."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage)
        self.damage = damage


def open_whole(attachment: Attachment, *, storage: Storage, sessions: sessionmaker[Session], now: datetime) -> BinaryIO:
    """The attachment, to read. AttachmentDamaged when it is missing or altered, which is noted then."""
    if attachment.damage == Damage.ALTERED:
        raise AttachmentDamaged(Damage.ALTERED)
    damage = Damage.ALTERED
    try:
        file = storage.open(attachment.id)
        if os.fstat(file.fileno()).st_size == attachment.size:
            return file
        file.close()
    except FileNotFoundError:
        damage = Damage.MISSING
    _note(sessions, [(attachment, damage)], now)
    raise AttachmentDamaged(damage)


def check_some(*, storage: Storage, sessions: sessionmaker[Session], most_bytes: int, now: datetime) -> None:
    """Compare some attachments with what was received: at least one, and no more than so many bytes beside it.

    What is missing has none. First those that are damaged, then those never checked, then those checked longest ago.
    """
    with sessions() as session:
        due = _due(session, now)
    checked: list[tuple[Attachment, Damage | None]] = []
    left = most_bytes
    for attachment in due:
        if checked and attachment.size > left:
            break
        damage = _damage(attachment, storage)
        checked.append((attachment, damage))
        left -= 0 if damage == Damage.MISSING else attachment.size
    _note(sessions, checked, now)
    CHECKED.inc(len(checked))
    CHECKED_BYTES.inc(most_bytes - left)


def _due(session: Session, now: datetime) -> list[Attachment]:
    claimed = select(Attachment).where(Attachment.submission_id.is_not(None)).limit(MOST_FILES)
    sound = claimed.where(Attachment.damage.is_(None))
    return [
        *session.scalars(claimed.where(Attachment.damage.is_not(None)).order_by(Attachment.checked_at)),
        *session.scalars(sound.where(Attachment.checked_at.is_(None)).order_by(Attachment.received_at)),
        *session.scalars(sound.where(Attachment.checked_at < now - RECHECK).order_by(Attachment.checked_at)),
    ]


def _damage(attachment: Attachment, storage: Storage) -> Damage | None:
    digest = hashlib.sha256()
    try:
        with storage.open(attachment.id) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
    except FileNotFoundError:
        return Damage.MISSING
    return None if digest.hexdigest() == attachment.sha256 else Damage.ALTERED


def _note(sessions: sessionmaker[Session], checked: Sequence[tuple[Attachment, Damage | None]], now: datetime) -> None:
    values = [{"file_id": attachment.id, "found": damage, "at": now} for attachment, damage in checked]
    noted = update(Attachment).where(Attachment.id == bindparam("file_id", type_=Attachment.id.type))
    with sessions.begin() as session:
        if values:
            session.connection().execute(noted.values(damage=bindparam("found"), checked_at=bindparam("at")), values)
    for attachment, damage in checked:
        if damage != attachment.damage:
            _report(attachment.id, damage)


def _report(file_id: UUID, damage: Damage | None) -> None:
    if damage:
        log.error("attachment_damaged", attachment_id=str(file_id), damage=damage)
    else:
        log.info("attachment_restored", attachment_id=str(file_id))
