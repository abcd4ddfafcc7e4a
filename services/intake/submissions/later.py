"""What comes to a submission after it was received: one thing at a time, each with its place among its events."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from services.intake.tracking.received_events import decision_request_of


def lock(session: Session, submission: Submission) -> None:
    """Let nothing else come to the submission until the transaction ends, so that numbers have no gap."""
    session.execute(select(Submission.id).where(Submission.id == submission.id).with_for_update())


def last_sequence(session: Session, submission: Submission) -> int:
    """The place of the last event that intake has about the submission; that of its receipt is 1."""
    own = Supplement.municipality == submission.municipality, Supplement.submission_id == submission.id
    supplements = session.scalar(select(func.count()).where(*own)) or 0
    return 1 + supplements + (1 if decision_request_of(session, submission) else 0)
