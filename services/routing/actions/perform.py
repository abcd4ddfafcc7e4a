"""The one way in which a case is changed: lock, check, change, journal, publish; all in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import ActionDefinition
from services.routing.cases import journal
from services.routing.cases.errors import CaseNotFound, StaleCase
from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.publish import publish
from services.routing.cases.state_machine import Action, ActionNotAllowed, after
from services.routing.organisation.officers import Officer
from shared.events.payloads import EventPayload
from shared.idempotency import KeyReused, fingerprint

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class ActionContext:
    """What a change works with: the locked case, already in its new state, and who changes it when.

    `officer` None: the submitter does it.
    """

    session: Session
    case: Case
    officer: Officer | None
    at: datetime

    @property
    def sequence(self) -> int:
        """The number that the action's journal entry gets."""
        return self.case.sequence + 1


Change = Callable[[ActionContext], EventPayload | None]


def perform(
    command: Command,
    definition: ActionDefinition,
    data: Mapping[str, Any],
    change: Change,
    *,
    request: Mapping[str, Any] | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Perform the action: `change` alters the case and gives the event to publish, if any; `data` is for the journal.

    `request` is what the officer requested, where `data` holds more, such as today's date: sent twice, it is one
    command. Raises CaseNotFound, StaleCase, ActionNotAllowed, KeyReused, BrokenJournal, and whatever `change` raises;
    then nothing was done.
    """
    action = definition.action
    requested = fingerprint([action, command.target, data if request is None else request])

    def attempt() -> ActionResult:
        with sessions.begin() as session:
            case = command.locked_case(session)
            if earlier := _earlier_result(session, command, requested):
                return earlier
            if case is None or not definition.may(command.officer, case):
                raise CaseNotFound
            if command.version not in (None, case.sequence):
                raise StaleCase(case.sequence)
            entry = apply(ActionContext(session, case, command.officer, now), action, data, change)
            entry.idempotency_key, entry.fingerprint = command.key, requested
            return _result(case, entry)

    with _counted(command.officer.municipality, action):
        return _keyed(attempt)


def apply(
    context: ActionContext, action: Action, data: Mapping[str, Any], change: Change, *, previous: str | None = None
) -> JournalEntry:
    """Perform the action on a locked case in the caller's transaction; return its journal entry.

    `previous` is the hash of the entry before, where the caller has it at hand.
    """
    case = context.case
    case.state = after(case.state, action)
    payload = change(context)
    entry = journal.append(context.session, case, action, data, actor=context.officer, at=context.at, previous=previous)
    if payload:
        publish(context.session, case, payload, sequence=entry.sequence, at=context.at)
    return entry


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


@contextmanager
def _counted(municipality: str, action: Action) -> Iterator[None]:
    """Count the action once it has committed, or why it was not allowed."""
    try:
        yield
    except ActionNotAllowed:
        REJECTED.labels(municipality, action, "not_allowed").inc()
        raise
    except StaleCase:
        REJECTED.labels(municipality, action, "stale").inc()
        raise
    ACTIONS.labels(municipality, action).inc()


def _result(case: Case, entry: JournalEntry) -> ActionResult:
    return ActionResult(case.id, case.number, entry.state, entry.sequence)
