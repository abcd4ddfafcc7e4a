"""How much mail waits for registrars, and for how long, for operators' figures and alerts."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.incoming_mail.models import UnplacedMail

WAITING = Gauge("routing_unplaced_mails", "Mails that found no case and wait for a registrar.", ["municipality"])
WAITED = Gauge(
    "routing_unplaced_mail_oldest_seconds",
    "For how long the oldest of these has waited; 0: none waits.",
    ["municipality"],
)


def measure(sessions: sessionmaker[Session], municipalities: Iterable[str], *, now: datetime) -> None:
    """Set the gauges of every municipality; one where no mail waits reads zero."""
    of_waiting = select(UnplacedMail.municipality, func.count(), func.min(UnplacedMail.received_at))
    counted = of_waiting.where(UnplacedMail.ended_at.is_(None)).group_by(UnplacedMail.municipality)
    with sessions() as session:
        found = {row[0]: (row[1], row[2]) for row in session.execute(counted)}
    for municipality in {*municipalities, *found}:
        waiting, oldest = found.get(municipality, (0, now))
        WAITING.labels(municipality).set(waiting)
        WAITED.labels(municipality).set(max(0.0, (now - oldest).total_seconds()))
