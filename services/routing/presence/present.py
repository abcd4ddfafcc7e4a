"""Who else has a case open, and what they have done with it since an officer opened it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import CaseNotFound
from services.routing.cases.models import Case, JournalEntry, SubmissionCopy, known_regime
from services.routing.organisation.officers import Officer
from services.routing.presence.models import CasePresence
from shared.database import upsert
from shared.swedish.law import LegalRegime

LASTS = timedelta(seconds=20)
RENEWED_AFTER = timedelta(seconds=8)  # so that a page that asks every few seconds does not write each time
MOST_ENTRIES = 20


@dataclass(frozen=True)
class CaseNow:
    """What happens with a case while an officer has it open: the names of the others who have, and the journal entries
    that came since the version before them, the first one first.
    """

    case_id: UUID
    regime: LegalRegime
    version: int
    colleagues: Sequence[str]
    entries: Sequence[JournalEntry]


def others_present(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> Sequence[str]:
    """The names of the others who have the case open, for an officer who may see it."""
    with sessions() as session:
        return _others(session, officer, case_id, now)


def stay(officer: Officer, case_id: UUID, version: int, *, sessions: sessionmaker[Session], now: datetime) -> CaseNow:
    """The officer has the case open, at this version. Raises CaseNotFound."""
    with sessions.begin() as session:
        found = _case_now(session, officer, case_id)
        _renew(session, officer, case_id, now)
        entries: Sequence[JournalEntry] = []
        if found.sequence > version:
            since = select(JournalEntry).where(JournalEntry.case_id == case_id, JournalEntry.sequence > version)
            entries = session.scalars(since.order_by(JournalEntry.sequence).limit(MOST_ENTRIES)).all()
        others = _others(session, officer, case_id, now)
        return CaseNow(case_id, known_regime(found.regime), found.sequence, others, entries)


def _case_now(session: Session, officer: Officer, case_id: UUID) -> Any:
    regime = SubmissionCopy.handling["legal_regime"].as_string().label("regime")
    query = select(Case.sequence, regime).join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    found = session.execute(query.where(Case.id == case_id, officer.sees)).one_or_none()
    if found is None:
        raise CaseNotFound
    return found


def _renew(session: Session, officer: Officer, case_id: UUID, now: datetime) -> None:
    statement = upsert(session.get_bind().dialect.name, CasePresence).values(
        municipality=officer.municipality, case_id=case_id, subject=officer.subject, name=officer.name, at=now
    )
    renewed = statement.on_conflict_do_update(
        index_elements=[CasePresence.case_id, CasePresence.subject],
        set_={"name": officer.name, "at": now},
        where=CasePresence.at <= now - RENEWED_AFTER,
    )
    session.execute(renewed)


def _others(session: Session, officer: Officer, case_id: UUID, now: datetime) -> Sequence[str]:
    present = select(CasePresence.name).where(
        CasePresence.municipality == officer.municipality,
        CasePresence.case_id == case_id,
        CasePresence.subject != officer.subject,
        CasePresence.at > now - LASTS,
    )
    return session.scalars(present.order_by(CasePresence.name)).all()
