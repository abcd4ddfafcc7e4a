"""The one way in which an officer changes a case: lock, check, change, journal, tell; all in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases import journal
from services.routing.cases.publish import tell
from services.routing.cases.state_machine import Action, ActionNotAllowed, State, after, allowed
from services.routing.models import Case, JournalEntry, canonical
from services.routing.organisation.officers import Officer
from shared.events.payloads import EventPayload
from shared.idempotency import KeyReused

Answer = TypeVar("Answer")


class CaseNotFound(Exception):
    """There is no such case among those that the officer may see."""


class StaleCase(Exception):
    """The case has changed since the officer read it; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the case is at version {current}")
        self.current = current


class InvalidInput(Exception):
    """A value that the case does not take: which `field`, and what is wrong, to be read by the officer (English)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class CaseCommand:
    """What every act begins with: who, on which case, at which version they saw it, under which idempotency key.

    `version` None: whatever the version is. `key` None: sent twice, done twice.
    """

    officer: Officer
    case_id: UUID
    version: int | None = None
    key: str | None = None


@dataclass(frozen=True)
class ActionResult:
    """Where the case stood after the act. `sequence` is its version then, and the number of the act's journal entry."""

    case_id: UUID
    number: str
    state: State
    sequence: int

    @property
    def allowed(self) -> tuple[Action, ...]:
        """What may be done with a case in that state."""
        return allowed(self.state)


@dataclass(frozen=True)
class ActionContext:
    """What a change works with: the locked case, already in its new state, and who changes it when."""

    session: Session
    case: Case
    officer: Officer
    at: datetime

    @property
    def sequence(self) -> int:
        """The number that the act's journal entry gets."""
        return self.case.sequence + 1


Change = Callable[[ActionContext], EventPayload | None]


def perform(
    command: CaseCommand,
    action: Action,
    data: Mapping[str, Any],
    change: Change,
    *,
    asked: Mapping[str, Any] | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Do the action: `change` alters the case and gives the event to tell, if any; `data` goes into the journal.

    `asked` is what the officer asked for, where `data` holds more, such as today's date: sent twice, it is one command.
    Raises CaseNotFound, StaleCase, ActionNotAllowed, KeyReused, BrokenJournal, and whatever `change` raises; then
    nothing was done.
    """
    wished = fingerprint(action, command.case_id, data if asked is None else asked)

    def attempt() -> ActionResult:
        with sessions.begin() as session:
            case = _locked(session, command)
            if earlier := repeated(session, command.officer, command.key, wished):
                return earlier
            if not command.officer.may_see(case):
                raise CaseNotFound
            if command.version not in (None, case.sequence):
                raise StaleCase(case.sequence)
            entry = enact(ActionContext(session, case, command.officer, now), action, data, change)
            entry.idempotency_key, entry.fingerprint = command.key, wished
            return _done(case, entry)

    with counted(command.officer.municipality, action):
        return keyed(attempt)


def enact(act: ActionContext, action: Action, data: Mapping[str, Any], change: Change) -> JournalEntry:
    """The heart of every act, in the caller's transaction on a locked case; the journal entry that it left."""
    case = act.case
    case.state = after(case.status, action)
    fact = change(act)
    entry = journal.append(act.session, case, action, data, actor=act.officer, at=act.at)
    if fact:
        tell(act.session, case, fact, sequence=entry.sequence, at=act.at)
    return entry


def keyed(attempt: Callable[[], Answer]) -> Answer:
    """Attempt; once more when another transaction was just using the same key: then its answer is there to be read."""
    try:
        return attempt()
    except IntegrityError:
        return attempt()


def repeated(session: Session, officer: Officer, key: str | None, asked: str) -> ActionResult | None:
    """What the same command was answered when it was sent before; KeyReused when the key was for another command."""
    if key is None:
        return None
    known = select(JournalEntry, Case).join(Case, Case.id == JournalEntry.case_id)
    found = session.execute(
        known.where(
            JournalEntry.municipality == officer.municipality,
            JournalEntry.actor_subject == officer.subject,
            JournalEntry.idempotency_key == key,
        )
    ).one_or_none()
    if found is None:
        return None
    entry, case = found
    if entry.fingerprint != asked:
        raise KeyReused
    return _done(case, entry)


def fingerprint(*asked: Any) -> str:
    """SHA-256 (hex) of a command: the same command has the same."""
    return sha256(canonical(asked).encode()).hexdigest()


ACTIONS = Counter("routing_actions", "What officers did with cases, by action.", ["municipality", "action"])
REFUSED = Counter(
    "routing_actions_refused",
    "What officers could not do, by reason: not_allowed in that state, or stale.",
    ["municipality", "action", "reason"],
)


@contextmanager
def counted(municipality: str, action: Action) -> Iterator[None]:
    """Count the action once it has committed, or why it was refused."""
    try:
        yield
    except ActionNotAllowed:
        REFUSED.labels(municipality, action, "not_allowed").inc()
        raise
    except StaleCase:
        REFUSED.labels(municipality, action, "stale").inc()
        raise
    ACTIONS.labels(municipality, action).inc()


def _locked(session: Session, command: CaseCommand) -> Case:
    mine = select(Case).where(Case.id == command.case_id, Case.municipality == command.officer.municipality)
    case = session.scalar(mine.with_for_update())
    if case is None:
        raise CaseNotFound
    return case


def _done(case: Case, entry: JournalEntry) -> ActionResult:
    return ActionResult(case.id, case.number, State(entry.state), entry.sequence)
