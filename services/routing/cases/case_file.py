"""Opening a case: all that is known of it, and whether its journal holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases import journal
from services.routing.cases.access_log import record_read
from services.routing.cases.errors import CaseNotFound
from services.routing.cases.models import Case, JournalEntry, SubmissionCopy
from services.routing.cases.state_machine import Action, allowed
from services.routing.conflicts.declared import subjects_in
from services.routing.deadlines.clock import DeadlineClock, clock_of
from services.routing.decisions.draft import decisions_of
from services.routing.decisions.models import Decision
from services.routing.holds.models import Hold
from services.routing.holds.record import holds_of
from services.routing.organisation.officers import Officer
from services.routing.supplements.models import SupplementRequest
from services.routing.supplements.requests import requests_of
from shared.swedish.law import LegalRegime


@dataclass(frozen=True)
class CaseFile:
    """A case with its content, its journal, its decisions, its supplement requests and its holds, the latest last.

    `broken_at` is the number of the first journal entry that does not hold; None when all do. `partial` are the
    subjects of those who have declared a conflict of interest in it.
    """

    case: Case
    content: SubmissionCopy
    entries: Sequence[JournalEntry]
    decisions: Sequence[Decision]
    requests: Sequence[SupplementRequest]
    holds: Sequence[Hold]
    broken_at: int | None
    partial: frozenset[str] = frozenset()

    @property
    def allowed(self) -> tuple[Action, ...]:
        """What may be done with it now."""
        return allowed(self.case.state)

    @property
    def open_requests(self) -> list[SupplementRequest]:
        """What the submitter has yet to answer."""
        return [each for each in self.requests if each.ended_at is None]

    @property
    def hold(self) -> Hold | None:
        """The hold that the case is on."""
        return next((each for each in self.holds if each.ended_at is None), None)

    @cached_property
    def clock(self) -> DeadlineClock:
        """The deadline clock, from the journal."""
        return clock_of(self.entries)

    @property
    def regime(self) -> LegalRegime:
        """The law that the case is handled under."""
        return self.content.regime

    @property
    def retention(self) -> Mapping[str, Any] | None:
        """How long the case is kept once it has ended, by its last decision; None where nothing is decided about it.

        As in the event, of this version or a newer one.
        """
        general: Mapping[str, Any] | None = self.content.handling.get("retention")
        if general is None or not self.decisions:
            return general
        outcome = self.decisions[-1].outcome
        return next((each for each in general.get("outcomes", ()) if each["outcome"] == outcome), general)

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The submission's files and those that were sent in later, as in the event they came with."""
        later = [file for entry in self.entries for file in entry.data.get("attachments", [])]
        return [*self.content.attachments, *later]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The files that officers have sent, as the journal has them."""
        return [document for entry in self.entries for document in entry.data.get("documents", [])]

    @property
    def files_by_question(self) -> list[tuple[dict[str, str] | None, list[dict[str, Any]]]]:
        """The submission's files under the question that they answer, by language; None where it is not known."""
        found: dict[str, tuple[dict[str, str] | None, list[dict[str, Any]]]] = {}
        for each in self.content.attachments:
            label = each.get("label")
            found.setdefault(each["field"] if label else "", (label, []))[1].append(each)
        return list(found.values())

    @property
    def supplements(self) -> list[JournalEntry]:
        """What was sent in later, or came on paper: the entries of the journal."""
        return [each for each in self.entries if each.action == Action.RECEIVE_SUPPLEMENT]


BROKEN = Counter("routing_journals_broken", "Times that a case was read whose journal does not hold.", ["municipality"])

log = structlog.get_logger(__name__)


def open_case(officer: Officer, case_id: UUID, *, sessions: sessionmaker[Session], now: datetime) -> CaseFile:
    """The whole case; that the officer read it goes into the access log. Raises CaseNotFound."""
    with sessions.begin() as session:
        # Shared with other readers; an action between this and the journal would look like an entry put in.
        case = session.scalar(select(Case).where(Case.id == case_id, officer.sees).with_for_update(read=True))
        if case is None:
            raise CaseNotFound
        record_read(session, case, officer, at=now)
        content = session.get_one(SubmissionCopy, case.id)
        entries = journal.entries(session, case)
        broken_at = journal.broken_at(entries, case.sequence)
        decisions, requests = decisions_of(session, case.id), requests_of(session, case.id)
        holds, partial = holds_of(session, case.id), subjects_in(session, case.id)
        file = CaseFile(case, content, entries, decisions, requests, holds, broken_at, partial)
    if broken_at:
        BROKEN.labels(case.municipality).inc()
        log.error("journal_broken", case_id=str(case.id), entry=broken_at)
    return file
