"""Request a decision: a submitter whose case has taken six months requests that it be decided (FL 12 §)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.intake.models import Outbox
from services.intake.submissions.later import last_sequence, lock
from services.intake.supplements.supplement import CaseEnded
from services.intake.tracking.received_events import decision_request_of, keep
from services.intake.tracking.timeline import ENDED, Timeline
from shared.bus import outbox
from shared.events.intake import SubmissionDecisionRequested
from shared.swedish.time import local_date


@dataclass(frozen=True)
class DecisionRequestReceipt:
    """The request was received. `repeated`: it had been before."""

    requested_at: datetime
    repeated: bool = False


class NoRightToDecision(Exception):
    """The law gives no such right: to no party, by another legal regime, before six months have gone, or twice."""


def request_decision(timeline: Timeline, *, sessions: sessionmaker[Session], now: datetime) -> DecisionRequestReceipt:
    """Keep the request and publish it; there is one of a submission, and whoever sends it again gets its receipt.

    Raises CaseEnded when the case is decided or closed, NoRightToDecision where the law gives no such right. What
    happens to the case meanwhile is the board's to see: the event then changes nothing there.
    """
    submission = timeline.submission
    with sessions.begin() as session:
        lock(session, submission)
        if earlier := decision_request_of(session, submission):
            return DecisionRequestReceipt(earlier.requested_at, repeated=True)
        if timeline.state in ENDED:
            raise CaseEnded(timeline.state)
        if not timeline.decision_may_be_requested(local_date(now)):
            raise NoRightToDecision
        payload = SubmissionDecisionRequested(submission.id, submission.eservice, now)
        sequence = last_sequence(session, submission) + 1
        event = payload.event(subject=submission.id, municipality=submission.municipality, sequence=sequence, at=now)
        keep(session, submission, event)
        outbox.record(session, Outbox, event, secret=submission.secret)
    return DecisionRequestReceipt(now)
