"""The attachments that must be here: those that a submission came with."""

from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.models import Attachment
from shared.files.integrity import KeptFiles
from shared.files.storage import Storage


def kept_attachments(storage: Storage, sessions: sessionmaker[Session]) -> KeptFiles:
    """The attachments of submissions, to open and to compare with what was received."""
    return KeptFiles("intake", Attachment, Attachment.submission_id.is_not(None), storage, sessions)
