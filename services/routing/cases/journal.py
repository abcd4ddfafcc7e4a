"""The journal of a case: append-only, each entry chained to the one before by its hash."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.cases.models import Case, CaseIdentity, JournalEntry
from services.routing.models import canonical
from services.routing.organisation.officers import Officer
from shared.bulk import one_of

REGISTER = "register"
QUEUE = "queue"
DELIVERY_FAILED = "delivery_failed"
MAIL_RECEIVED = "mail_received"
DECISION_REQUEST_WITHOUT_EFFECT = "decision_request_without_effect"

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
        previous = last_hashes(session, [case])[case.id]
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
    case: CaseIdentity, actions: Sequence[tuple[str, Mapping[str, Any]]], *, actor: Officer | None, at: datetime
) -> list[dict[str, Any]]:
    """The rows of the entries that begin a case's journal: actions with their data.

    `actor` is the officer who did the first of them; no officer did the others.
    """
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
            "actor_subject": actor.subject if actor and sequence == 1 else None,
            "actor_name": actor.name if actor and sequence == 1 else None,
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


def last_hashes(session: Session, cases: Collection[Case]) -> dict[UUID, str]:
    """The hashes of the last entries of cases that the caller has locked, by case. Raises BrokenJournal."""
    entries = session.execute(_from_last(), {"cases": [case.id for case in cases]})
    found: dict[UUID, list[tuple[int, str]]] = {case.id: [] for case in cases}
    for entry in entries:
        found[entry.case_id].append((entry.sequence, entry.hash))
    for case in cases:
        if [sequence for sequence, _ in found[case.id]] != [case.sequence]:
            raise BrokenJournal(case.number)
    return {case_id: entry_hash for case_id, [(_, entry_hash)] in found.items()}


@cache
def _from_last() -> Any:
    """The entries that their cases count as the last, and any that come after."""
    entry = select(JournalEntry.case_id, JournalEntry.sequence, JournalEntry.hash)
    counted = entry.join(Case, (Case.id == JournalEntry.case_id) & (Case.sequence <= JournalEntry.sequence))
    return counted.where(one_of(JournalEntry.case_id, "cases"))
