"""Whether the submitter was reached: an officer must see when a message did not arrive, and need not see the others."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.routing.actions.supplements import known_case, locked_case
from services.routing.cases import journal
from services.routing.models import Case
from shared.events.notify import NotificationDelivered, NotificationFailed


def not_delivered(failed: NotificationFailed, municipality: str, *, session: Session, now: datetime) -> None:
    """The journal notes it, and the case is marked until something later does arrive. Raises CaseNotKnownYet."""
    case = known_case(session, municipality, failed.submission_id)
    data = {"message": failed.message, "channel": failed.channel, "cause": failed.cause, "failed_at": failed.at}
    journal.append(session, case, journal.UNREACHED, data, actor=None, at=now)
    _mark(case, failed.at, unreached=True)


def delivered(arrived: NotificationDelivered, municipality: str, *, session: Session) -> None:
    """The mark is taken away; the journal is spared (most cases would hold little else)."""
    case = locked_case(session, municipality, arrived.submission_id)
    if case is not None:
        _mark(case, arrived.at, unreached=False)


def _mark(case: Case, at: datetime, *, unreached: bool) -> None:
    """Events come in any order: the latest delivery decides."""
    if case.notified_at is None or at > case.notified_at:
        case.notified_at, case.unreached = at, unreached
