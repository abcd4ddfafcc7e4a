"""Recording that something is new for officers, in the transaction of what is new."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import OPEN_WITH_OFFICER, Case, JournalEntry
from services.routing.updates.models import CaseUpdate
from shared.database import Utc, upsert
from shared.swedish.time import local_date

NEAR = timedelta(days=7)  # how long before its last day a case is brought to its officer's mind

_OF_LAST_DAY = ("municipality", "subject", "case_id", "due_on", "at", "mailed")


def record(session: Session, entry: JournalEntry, officers: Iterable[str | None]) -> None:
    """Let the entry be new for these officers, by subject, but for the one who wrote it."""
    for subject in sorted({each for each in officers if each} - {entry.actor_subject or ""}):
        session.add(
            CaseUpdate(
                municipality=entry.municipality,
                subject=subject,
                case_id=entry.case_id,
                sequence=entry.sequence,
                at=entry.at,
            )
        )


def record_last_days(municipalities: Iterable[str], *, sessions: sessionmaker[Session], now: datetime) -> None:
    """Let each last day that is near be new for the case's officer, once."""
    for municipality in municipalities:
        with sessions.begin() as session:
            near = _near(municipality, local_date(now), now)
            new = upsert(session.get_bind().dialect.name, CaseUpdate).from_select(
                _OF_LAST_DAY, near, include_defaults=False
            )
            session.execute(new.on_conflict_do_nothing())


def _near(municipality: str, today: date, now: datetime) -> Any:
    known = exists().where(
        CaseUpdate.case_id == Case.id, CaseUpdate.subject == Case.officer_subject, CaseUpdate.due_on == Case.due_by
    )
    values = (Case.municipality, Case.officer_subject, Case.id, Case.due_by, literal(now, Utc()), literal(False))
    return select(*values).where(
        Case.municipality == municipality, Case.due_by >= today, Case.due_by <= today + NEAR, OPEN_WITH_OFFICER, ~known
    )
