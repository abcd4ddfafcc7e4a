"""How much one officer may upload within an hour: generous for people, and an end to what a program sends for ever."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.documents.models import Document
from services.routing.organisation.officers import Officer
from shared.files.storage import MB

WINDOW = timedelta(hours=1)


class UploadLimitReached(Exception):
    """The officer has uploaded as much as one may within an hour; there is room again after so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def check_upload_limit(officer: Officer, megabytes: int, *, sessions: sessionmaker[Session], now: datetime) -> None:
    """Raise UploadLimitReached where the officer's files of the last hour have so many megabytes."""
    begins = now - WINDOW
    # By the indexes that there are: what waits by its time; what was sent was not compared before it was received.
    waits = Document.sequence.is_(None)
    sent = Document.sequence.is_not(None) & or_(Document.checked_at.is_(None), Document.checked_at > begins)
    of_hour = select(
        Document.received_at, func.sum(Document.size).over(order_by=Document.received_at.desc()).label("since")
    ).where(
        Document.municipality == officer.municipality,
        Document.uploaded_by == officer.subject,
        Document.received_at > begins,
        or_(waits, sent),
    )
    running = of_hour.subquery()
    with sessions() as session:
        reached_from = session.scalar(select(func.max(running.c.received_at)).where(running.c.since >= megabytes * MB))
    if reached_from is not None:
        raise UploadLimitReached(ceil((reached_from + WINDOW - now).total_seconds()) or 1)
