"""The one way in which a case is changed: lock, check, change, journal, publish; all in one transaction."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import ActionDefinition
from services.routing.actions.together import Trial
from services.routing.cases import journal
from services.routing.cases.errors import CaseNotFound, PartialOfficer, StaleCase
from services.routing.cases.models import NO_DEADLINE, Case, JournalEntry
from services.routing.cases.publish import publish
from services.routing.cases.state_machine import Action, ActionNotAllowed, after
from services.routing.conflicts.declared import has_declared
from services.routing.deadlines.clock import TIMED, DeadlineClock, clock_of
from services.routing.deadlines.timed_entries import TimedEntry, timed_entries
from services.routing.organisation.officers import Officer
from services.routing.search.documents import add_entries
from services.routing.statistics.case_ends import note_end
from services.routing.supplements.models import RequestOutcome, SupplementRequest
from services.routing.supplements.requests import end, open_requests
from services.routing.updates.record import record
from services.routing.watchers.watchers import followers_of
from shared.events.payloads import EventPayload
from shared.events.routing import CaseDeadline, DeadlinePayload
from shared.idempotency import KeyReused, fingerprint

Answer = TypeVar("Answer")


@dataclass
class CasePast:
    """What an action goes on from: the hash of the last journal entry, the open supplement requests, and the entries
    that the deadline clock reads. It is kept up to date through the actions of one transaction.

    `followers` are the subjects of the officers who follow the case.
    """

    last_hash: str
    requests: list[SupplementRequest]
    timed: list[TimedEntry]
    followers: Sequence[str] = ()


def pasts(session: Session, cases: Collection[Case], action: Action) -> dict[UUID, CasePast]:
    """The pasts of cases that the caller has locked, by case, in as many statements for all as for one.

    An action that moves no deadline needs the hash alone. Raises BrokenJournal.
    """
    hashes, followers = journal.last_hashes(session, cases), followers_of(session, cases)
    if action not in TIMED:
        return {case_id: CasePast(last_hash, [], [], followers[case_id]) for case_id, last_hash in hashes.items()}
    requests, timed = open_requests(session, cases), timed_entries(session, cases)
    return {case.id: CasePast(hashes[case.id], requests[case.id], timed[case.id], followers[case.id]) for case in cases}


@dataclass(frozen=True)
class ActionContext:
    """What a change works with: the locked case, already in its new state, and who changes it when.

    `officer` None: the submitter does it. `bulk_job` is the job that the action is part of.
    """

    session: Session
    case: Case
    officer: Officer | None
    at: datetime
    past: CasePast
    bulk_job: UUID | None = None

    def clock(self) -> DeadlineClock:
        """The case's deadline clock, before this action."""
        return clock_of(self.past.timed)

    @property
    def open_requests(self) -> list[SupplementRequest]:
        """The supplement requests that the submitter has yet to answer, the oldest first."""
        return [each for each in self.past.requests if each.ended_at is None]

    def end_requests(self, requests: Iterable[SupplementRequest], outcome: RequestOutcome) -> None:
        """End some of the open requests: when none is left, an officer's case is in hand again."""
        end(self.case, requests, outcome, among=self.past.requests, at=self.at)

    @property
    def sequence(self) -> int:
        """The number that the action's journal entry gets."""
        return self.case.sequence + 1


Change = Callable[[ActionContext], EventPayload | None]


@dataclass(frozen=True)
class NextAction:
    """What is done with the case after the first action, in its transaction: neither is done without the other."""

    definition: ActionDefinition
    data: Mapping[str, Any]
    change: Change


def perform(
    command: Command,
    definition: ActionDefinition,
    data: Mapping[str, Any],
    change: Change,
    *,
    request: Mapping[str, Any] | None = None,
    then: Sequence[NextAction] = (),
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Perform the action: `change` alters the case and gives the event to publish, if any; `data` is for the journal.

    `request` is what the officer requested, where `data` holds more, such as today's date: sent twice, it is one
    command. `then` follows in the same transaction, and the result is that of the last. Raises CaseNotFound, StaleCase,
    PartialOfficer, ActionNotAllowed, KeyReused, BrokenJournal, and whatever `change` raises; then nothing was done.
    """
    action = definition.action
    definitions = [definition, *(each.definition for each in then)]
    requested = fingerprint([action, command.target, data if request is None else request])

    def attempt() -> ActionResult:
        with sessions.begin() as session:
            case = command.locked_case(session)
            if earlier := _earlier_result(session, command, requested):
                return earlier
            if case is None or not all(each.may(command.officer, case) for each in definitions):
                raise CaseNotFound
            if command.version not in (None, case.sequence):
                raise StaleCase(case.sequence)
            if definition.impartial and has_declared(session, case.id, command.officer.subject):
                raise PartialOfficer
            past = pasts(session, [case], action)[case.id]
            context = ActionContext(session, case, command.officer, now, past, command.bulk_job)
            entries = [apply(context, action, data, change)]
            entries += [apply(context, each.definition.action, each.data, each.change) for each in then]
            entries[-1].idempotency_key, entries[-1].fingerprint = command.key, requested
            add_entries(session, entries)
            _count_when_committed(session, case.municipality, [each.action for each in definitions])
            return _result(case, entries[-1])

    with nullcontext() if isinstance(sessions, Trial) else _rejected_counted(command.officer.municipality, action):
        return _keyed(attempt)


def apply(context: ActionContext, action: Action, data: Mapping[str, Any], change: Change) -> JournalEntry:
    """Perform the action on a locked case in the caller's transaction; return its journal entry."""
    case, past, state_before = context.case, context.past, context.case.state
    officer_before = case.officer_subject
    case.state = after(case.state, action, awaiting=case.answer_by is not None)
    payload = change(context)
    noted = data if context.bulk_job is None else {**data, "bulk_job": context.bulk_job}
    entry = journal.append(
        context.session, case, action, noted, actor=context.officer, at=context.at, previous=past.last_hash
    )
    record(context.session, entry, [officer_before, case.officer_subject, *past.followers])
    past.last_hash = entry.hash
    if action in TIMED:
        before = context.clock()
        past.timed.append(TimedEntry.of(entry))
        payload = _with_deadline(context, before, payload)
    if action is not Action.JOIN:  # handled in another case: how long that takes counts
        note_end(context.session, case, state_before, at=context.at)
    if payload:
        publish(context.session, case, payload, sequence=entry.sequence, at=context.at)
    return entry


def _with_deadline(context: ActionContext, before: DeadlineClock, payload: EventPayload | None) -> EventPayload | None:
    """Set the case's last day by its clock, and put it into the event."""
    clock = context.clock()
    context.case.due_by = clock.next_last_day or NO_DEADLINE
    if not isinstance(payload, DeadlinePayload) or clock.rule is None:
        return payload
    moved = clock.due_on is not None and clock.due_on != before.due_on
    return replace(payload, deadline=CaseDeadline(clock.due_on, clock.counted_from, moved))


def _keyed(attempt: Callable[[], Answer]) -> Answer:
    """Attempt; once more when another transaction used the same key meanwhile: its result can then be read."""
    try:
        return attempt()
    except IntegrityError:
        return attempt()


def _earlier_result(session: Session, command: Command, requested: str) -> ActionResult | None:
    """The result of the same command when it was sent before; KeyReused when the key was for another command."""
    if command.key is None:
        return None
    known = select(JournalEntry, Case).join(Case, Case.id == JournalEntry.case_id)
    found = session.execute(
        known.where(
            JournalEntry.municipality == command.officer.municipality,
            JournalEntry.actor_subject == command.officer.subject,
            JournalEntry.idempotency_key == command.key,
        )
    ).one_or_none()
    if found is None:
        return None
    entry, case = found
    if entry.fingerprint != requested:
        raise KeyReused
    return _result(case, entry)


ACTIONS = Counter("routing_actions", "What officers did with cases, by action.", ["municipality", "action"])
REJECTED = Counter(
    "routing_actions_rejected",
    "What officers could not do, by reason: not_allowed in that state, or stale.",
    ["municipality", "action", "reason"],
)


def _count_when_committed(session: Session, municipality: str, actions: Sequence[Action]) -> None:
    def count(_: Session) -> None:
        for action in actions:
            ACTIONS.labels(municipality, action).inc()

    event.listen(session, "after_commit", count, once=True)


@contextmanager
def _rejected_counted(municipality: str, action: Action) -> Iterator[None]:
    """Count why the action could not be performed."""
    try:
        yield
    except ActionNotAllowed:
        REJECTED.labels(municipality, action, "not_allowed").inc()
        raise
    except StaleCase:
        REJECTED.labels(municipality, action, "stale").inc()
        raise


def _result(case: Case, entry: JournalEntry) -> ActionResult:
    return ActionResult(case.id, case.number, entry.state, entry.sequence, case.queue)
