"""Whether the latest notification reached the submitter: an officer must see when one did not."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.routing.cases import journal
from services.routing.cases.find_case import known_case_of_submission, locked_case_of_submission
from services.routing.cases.models import Case
from shared.events.notify import NotificationDelivered, NotificationFailed


def record_failed(failed: NotificationFailed, municipality: str, *, session: Session, now: datetime) -> None:
    """Write it in the journal, and mark the case until a later notification arrives. Raises CaseNotKnownYet."""
    case = known_case_of_submission(session, municipality, failed.submission_id)
    data = {"message": failed.message, "channel": failed.channel, "cause": failed.cause, "failed_at": failed.at}
    journal.append(session, case, journal.DELIVERY_FAILED, data, actor=None, at=now)
    _mark(case, failed.at, undelivered=True)


def record_delivered(delivered: NotificationDelivered, municipality: str, *, session: Session) -> None:
    """Remove the mark. There is no journal entry: deliveries are the normal case and would fill the journal."""
    case = locked_case_of_submission(session, municipality, delivered.submission_id)
    if case is not None:
        _mark(case, delivered.at, undelivered=False)


def _mark(case: Case, at: datetime, *, undelivered: bool) -> None:
    """Events come in any order: the latest delivery decides."""
    if case.notified_at is None or at > case.notified_at:
        case.notified_at, case.undelivered = at, undelivered
