"""Gauges of what waits too long: submissions without a case or a receipt, files that nothing has claimed."""

from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission

PATIENCE = timedelta(minutes=1)

WITHOUT_CASE = Gauge("intake_submissions_without_case", "Submissions over a minute old with no case registered.")
WITHOUT_RECEIPT = Gauge(
    "intake_submissions_without_receipt",
    "Submissions over a minute old with no outcome known of their receipt.",
)
OLDEST_WITHOUT_CASE = Gauge(
    "intake_submissions_without_case_oldest_seconds", "Age of the oldest submission with no case registered."
)
UNCLAIMED = Gauge("intake_attachments_unclaimed", "Files that no submission has claimed yet.")


def measure(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Set the gauges, over all municipalities."""
    old = Submission.received_at < now - PATIENCE
    without_case = select(func.count(), func.min(Submission.received_at)).where(Submission.registered_at.is_(None), old)
    with sessions() as session:
        count, oldest = session.execute(without_case).one()
        WITHOUT_RECEIPT.set(_count(session, Submission.receipt_outcome.is_(None), old))
        UNCLAIMED.set(_count(session, Attachment.submission_id.is_(None)))
    WITHOUT_CASE.set(count)
    OLDEST_WITHOUT_CASE.set((now - oldest).total_seconds() if oldest else 0)


def _count(session: Session, *conditions: Any) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0
