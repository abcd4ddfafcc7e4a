"""The journal: append-only, chained, complete."""

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.routing.actions.note import note
from services.routing.cases import journal
from services.routing.cases.case_file import open_case
from services.routing.cases.models import JournalEntry
from tests.store.routing.casework import ANNA, command, everything

ADDED = """INSERT INTO journal (case_id, sequence, municipality, at, action, state, data, hash)
SELECT case_id, 5, municipality, at, action, state, data, hash FROM journal WHERE sequence = 4"""


def broken_journals():
    """How often somebody in Älvdalen has read a case whose journal does not hold."""
    return REGISTRY.get_sample_value("routing_journals_broken_total", {"municipality": "2039"}) or 0


def test_an_untouched_journal_holds(casework, case):
    before = broken_journals()

    assert open_case(ANNA, case.id, **casework.store_and_time).broken_at is None
    assert broken_journals() == before


@pytest.mark.parametrize("change", ["UPDATE journal SET actor_name = 'X'", "DELETE FROM journal"])
def test_the_store_refuses_to_change_a_journal(store, case, change):
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(change))


def test_postgresql_refuses_to_empty_it_too(store, case):
    if store.engine.dialect.name == "sqlite":
        return
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text("TRUNCATE journal"))


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE journal SET actor_name = 'X' WHERE sequence = 3", 3),
        ("UPDATE journal SET data = replace(data, 'Ringde', 'Ringde inte') WHERE sequence = 4", 4),
        ("UPDATE journal SET state = 'closed' WHERE sequence = 1", 1),
        ("DELETE FROM journal WHERE sequence = 2", 2),
        ("DELETE FROM journal WHERE sequence = 4", 4),
        (ADDED, 5),
    ],
)
def test_whoever_gets_round_the_triggers_is_found_out_when_the_case_is_read(store, casework, case, tampering, found):
    before = broken_journals()
    tamper(store, tampering)

    assert open_case(ANNA, case.id, **casework.store_and_time).broken_at == found
    assert broken_journals() == before + 1


@pytest.mark.parametrize("tampering", ["DELETE FROM journal WHERE sequence = 4", ADDED])
def test_nothing_is_added_to_a_journal_that_does_not_end_at_its_cases_last_entry(store, casework, case, tampering):
    tamper(store, tampering)
    left = len(everything(store, JournalEntry))

    with pytest.raises(journal.BrokenJournal):
        note(command(case), "Ringde igen.", **casework.store_and_time)

    assert len(everything(store, JournalEntry)) == left


def tamper(store, statement):
    """Change the journal past the triggers."""
    with store.engine.begin() as connection:
        for drop in _without_guard(store.engine.dialect.name):
            connection.execute(text(drop))
        connection.execute(text(statement))


def _without_guard(dialect):
    if dialect == "sqlite":
        return "DROP TRIGGER journal_never_update", "DROP TRIGGER journal_never_delete"
    return ("DROP TRIGGER journal_never_changes ON journal",)
