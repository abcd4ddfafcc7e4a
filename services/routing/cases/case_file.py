"""Opening a case: all that is known of it, and whether its journal holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
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

MAIL = "incoming-mail"  # in the place of the question that a file answers; none has a hyphen in its name


@dataclass(frozen=True)
class Sent:
    """An answer of a submission, or files, as they are in the event; `label`: the question, None of files without."""

    label: Mapping[str, str] | None
    answer: Mapping[str, Any] | None = None
    files: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Arrival:
    """How a submission came that an officer has entered: by which channel, on which day, and who entered it."""

    channel: str
    received_on: date
    entered_by: str | None


def arrival_in(first: JournalEntry) -> Arrival | None:
    """How it came, as the first entry of its case's journal has it."""
    if "channel" not in first.data:
        return None
    return Arrival(first.data["channel"], date.fromisoformat(first.data["received_on"]), first.actor_name)


def attachments_of(entry: JournalEntry) -> list[dict[str, Any]]:
    """The files that were sent in with what the entry is about."""
    if entry.action == journal.MAIL_RECEIVED:
        return attachments_of_mail(entry.data)
    return entry.data.get("attachments", [])  # type: ignore[no-any-return]


def attachments_of_mail(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files that came with a mail, which notify keeps, as those that intake keeps. Older mails have none."""
    return [{**each, "field": MAIL, "label": None, "kept_by": "notify"} for each in content.get("attachments", [])]


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

    @property
    def arrival(self) -> Arrival | None:
        """How it came, by the journal's first entry; None where its submitter sent it through the e-service."""
        return arrival_in(self.entries[0]) if self.entries else None

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

    def documents_of(self, decision: Decision) -> list[dict[str, Any]]:
        """The files that went with a decision, by the journal's entry of the same moment."""
        of = (each for each in self.entries if each.action == Action.DECIDE and each.at == decision.decided_at)
        return [document for entry in of for document in entry.data.get("documents", [])]

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The submission's files and those that were sent in later, as in the event they came with."""
        later = [file for entry in self.entries for file in attachments_of(entry)]
        return [*self.content.attachments, *later]

    @property
    def sent(self) -> list[Sent]:
        """What was sent in. Files come after the answers: of a repeated section's entry after those of the entry."""
        rows = [(_entry_of(each["field"]), Sent(each["label"], answer=each)) for each in self.content.answers]
        for field_name, several in _files_by_question(self.content.attachments):
            entry = _entry_of(field_name)
            of_entry = [number for number, (other, _) in enumerate(rows) if entry and other == entry]
            rows.insert(of_entry[-1] + 1 if of_entry else len(rows), (entry, several))
        return [row for _, row in rows]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The files that officers have sent, as the journal has them."""
        return [document for entry in self.entries for document in entry.data.get("documents", [])]

    @property
    def supplements(self) -> list[JournalEntry]:
        """What was sent in later, or came on paper: the entries of the journal."""
        return [each for each in self.entries if each.action == Action.RECEIVE_SUPPLEMENT]

    @property
    def mails(self) -> list[JournalEntry]:
        """What came by mail: the entries of the journal."""
        return [each for each in self.entries if each.action == journal.MAIL_RECEIVED]


def _files_by_question(attachments: Sequence[dict[str, Any]]) -> list[tuple[str, Sent]]:
    """The submission's files, those of each question together, by its field; without one where it is not known."""
    found: dict[str, Sent] = {}
    for each in attachments:
        label = each.get("label")
        found.setdefault(each["field"] if label else "", Sent(label)).files.append(each)
    return list(found.items())


def _entry_of(field_name: str) -> str:
    """The entry of a repeated section that a field is in (`children.1`); none for a field that is asked once."""
    return field_name.rpartition(".")[0]


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
