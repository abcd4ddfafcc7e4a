"""Opening a case: all that is known of it, whether its journal holds, and a note of who read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.perform import CaseNotFound
from services.routing.cases import journal
from services.routing.cases.state_machine import Action, allowed
from services.routing.decisions.decision import decisions
from services.routing.models import Case, Decision, JournalEntry, Read, SubmissionCopy
from services.routing.organisation.officers import Officer


@dataclass(frozen=True)
class CaseFile:
    """A case with its content, its journal and its decisions, the latest last.

    `broken_at` is the number of the first journal entry that does not hold; None when all do.
    """

    case: Case
    content: SubmissionCopy
    entries: Sequence[JournalEntry]
    decisions: Sequence[Decision]
    broken_at: int | None

    @property
    def allowed(self) -> tuple[Action, ...]:
        """What may be done with it now."""
        return allowed(self.case.status)

    @property
    def regime(self) -> str:
        """The law that applies: the e-service's `legal_regime`."""
        return str(self.content.handling["legal_regime"])

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The submission's files and those that were sent in later, as in the event they came with."""
        later = [file for entry in self.entries for file in entry.data.get("attachments", [])]
        return [*self.content.attachments, *later]


BROKEN = Counter("routing_journals_broken", "Times that a case was read whose journal does not hold.", ["municipality"])

log = structlog.get_logger(__name__)


def open_case(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> CaseFile:
    """The whole case; that the officer read it is kept. Raises CaseNotFound."""
    with sessions.begin() as session:
        # Shared with other readers; an act between this and the journal would look like an entry put in.
        case = session.scalar(select(Case).where(Case.id == case_id, officer.sees).with_for_update(read=True))
        if case is None:
            raise CaseNotFound
        read = Read(municipality=case.municipality, case_id=case.id, subject=officer.subject, at=now)
        session.add(read)
        content = session.get_one(SubmissionCopy, case.id)
        entries = journal.entries(session, case)
        broken_at = journal.broken_at(entries, case.sequence)
        file = CaseFile(case, content, entries, decisions(session, case.id), broken_at)
    if broken_at:
        BROKEN.labels(case.municipality).inc()
        log.error("journal_broken", case_id=str(case.id), entry=broken_at)
    return file
