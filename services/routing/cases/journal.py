"""The journal of a case: append-only, each entry chained to the one before by its hash."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.cases.models import Case, CaseIdentity, JournalEntry
from services.routing.models import canonical
from services.routing.organisation.officers import Officer

REGISTER = "register"
QUEUE = "queue"
DELIVERY_FAILED = "delivery_failed"

HASHED = ("case_id", "sequence", "municipality", "at", "action", "state", "actor_subject", "actor_name", "data")


class BrokenJournal(Exception):
    """The journal of the case `number` does not end at the last entry of the case: nothing may be added."""

    def __init__(self, number: str) -> None:
        super().__init__(f"the journal of {number} does not end at its case's last entry")
        self.number = number


def append(
    session: Session,
    case: Case,
    action: str,
    data: Mapping[str, Any],
    *,
    actor: Officer | None,
    at: datetime,
    previous: str | None = None,
) -> JournalEntry:
    """Write the next entry, in the case's state as it is now; the case's `sequence` follows.

    `previous` is the hash of the entry before, where the caller has it at hand. Raises BrokenJournal.
    """
    if previous is None:
        previous = _last_hash(session, case)
    case.sequence += 1
    entry = JournalEntry(
        case_id=case.id,
        sequence=case.sequence,
        municipality=case.municipality,
        at=at,
        action=action,
        state=case.state,
        actor_subject=actor.subject if actor else None,
        actor_name=actor.name if actor else None,
        data=dict(data),
    )
    entry.hash = link(previous, entry)
    session.add(entry)
    return entry


def first_entries(
    case: CaseIdentity, actions: Sequence[tuple[str, Mapping[str, Any]]], *, at: datetime
) -> list[dict[str, Any]]:
    """The rows of the entries that begin a case's journal: actions that no officer did, with their data."""
    rows: list[dict[str, Any]] = []
    previous = ""
    for sequence, (action, data) in enumerate(actions, start=1):
        content = {
            "case_id": case.id,
            "sequence": sequence,
            "municipality": case.municipality,
            "at": at,
            "action": action,
            "state": case.state,
            "actor_subject": None,
            "actor_name": None,
            "data": data,
        }
        previous = _hash(previous, content)
        rows.append({**content, "hash": previous})
    return rows


def entries(session: Session, case: Case) -> list[JournalEntry]:
    """The whole journal, in order. No action adds to it between the two reads of a caller who has locked the case."""
    return list(
        session.scalars(select(JournalEntry).where(JournalEntry.case_id == case.id).order_by(JournalEntry.sequence))
    )


def broken_at(entries: Sequence[JournalEntry], written: int) -> int | None:
    """The number of the first entry that was changed, removed or put in afterwards; None when all `written` hold.

    The hashes have no key: someone who rewrites the rest of the chain is not found.
    """
    previous = ""
    for expected, entry in enumerate(entries, start=1):
        if entry.sequence != expected or entry.hash != link(previous, entry):
            return expected
        previous = entry.hash
    return None if len(entries) == written else min(len(entries), written) + 1


def link(previous: str, entry: JournalEntry) -> str:
    """SHA-256 (hex) of the hash before and all that the entry holds."""
    return _hash(previous, {name: getattr(entry, name) for name in HASHED})


def _hash(previous: str, content: Mapping[str, Any]) -> str:
    return sha256((previous + canonical(content)).encode()).hexdigest()


def _last_hash(session: Session, case: Case) -> str:
    last = select(JournalEntry).where(JournalEntry.case_id == case.id).order_by(JournalEntry.sequence.desc()).limit(1)
    entry = session.scalar(last)
    if entry is None or entry.sequence != case.sequence:
        raise BrokenJournal(case.number)
    return entry.hash
