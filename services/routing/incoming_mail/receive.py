"""Receiving mail that notify has taken: it goes into the case that its address named, or waits for a registrar."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.orm import Session

from services.routing.cases.find_case import cases_of_submissions
from services.routing.incoming_mail.add_to_case import add_to_case
from services.routing.incoming_mail.models import UnplacedMail
from shared.bulk import insert_new
from shared.bus.event_processor import OpenedEvent
from shared.events.notify import NotificationReplyReceived
from shared.events.payloads import plain
from shared.observability.tracing import trace

RECEIVED = Counter(
    "routing_mails_received",
    "Mails that came in: placed in the case that their address named, or unplaced.",
    ["municipality", "outcome"],
)

log = structlog.get_logger(__name__)


def receive_mails(opened: Sequence[OpenedEvent[NotificationReplyReceived]], *, session: Session, now: datetime) -> None:
    """Add each mail to its case; what has none waits. Raises BrokenJournal."""
    cases = cases_of_submissions(session, [each for each in opened if each.payload.submission_id])
    unplaced = []
    for each in opened:
        municipality, mail = each.event.municipality, each.payload
        case = cases.get((municipality, mail.submission_id)) if mail.submission_id else None
        RECEIVED.labels(municipality, "placed" if case else "unplaced").inc()
        if case is None:
            unplaced.append(_unplaced(municipality, mail))
            continue
        with trace(each.event.traceparent):
            add_to_case(session, case, _content(mail), officer=None, at=now)
    insert_new(session.connection(), UnplacedMail, unplaced)


def _unplaced(municipality: str, mail: NotificationReplyReceived) -> dict[str, Any]:
    log.warning("mail_unplaced", municipality=municipality, mail_id=str(mail.mail_id))
    return {
        "id": mail.mail_id,
        "municipality": municipality,
        "received_at": mail.received_at,
        "submission_id": mail.submission_id,
        "content": _content(mail),
    }


def _content(mail: NotificationReplyReceived) -> dict[str, Any]:
    """What a case's journal has of it."""
    content: dict[str, Any] = plain(mail)
    del content["submission_id"]
    return content
