"""The journal: append-only, chained, complete; and the log of who read what."""

import threading

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from services.routing.actions import casework
from services.routing.actions.perform import CaseNotFound
from services.routing.cases import case_file, journal
from services.routing.models import Base, JournalEntry, Read
from tests.unit.routing.conftest import ANNA, ERIK, command, everything

ADDED = """INSERT INTO journal (case_id, sequence, municipality, at, act, state, data, hash)
SELECT case_id, 5, municipality, at, act, state, data, hash FROM journal WHERE sequence = 4"""


@pytest.fixture
def case(desk):
    """A case in which something has happened."""
    case = desk.a_case()
    casework.claim(command(case), **desk.how)
    casework.note(command(case), "Ringde sökanden, 3,50 m och ”citat” 🏠.", **desk.how)
    return case


def broken_journals():
    """How often somebody in Älvdalen has read a case whose journal does not hold."""
    return REGISTRY.get_sample_value("routing_journals_broken_total", {"municipality": "2039"}) or 0


def test_an_untouched_journal_holds(desk, case):
    before = broken_journals()

    assert case_file.open_case(ANNA, case.id, **desk.how).broken_at is None
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
def test_whoever_gets_round_the_triggers_is_found_out_when_the_case_is_read(store, desk, case, tampering, found):
    before = broken_journals()
    tamper(store, tampering)

    assert case_file.open_case(ANNA, case.id, **desk.how).broken_at == found
    assert broken_journals() == before + 1


@pytest.mark.parametrize("tampering", ["DELETE FROM journal WHERE sequence = 4", ADDED])
def test_nothing_is_added_to_a_journal_that_does_not_end_where_the_case_says(store, desk, case, tampering):
    tamper(store, tampering)
    left = len(everything(store, JournalEntry))

    with pytest.raises(journal.BrokenJournal):
        casework.note(command(case), "Ringde igen.", **desk.how)

    assert len(everything(store, JournalEntry)) == left


def test_an_act_while_a_case_is_read_does_not_look_like_tampering(store, desk, case):
    noting = threading.Thread(target=lambda: casework.note(command(case), "Ringde igen.", **desk.how))

    @event.listens_for(store.engine, "after_cursor_execute")
    def act_once_the_case_is_read(*_):
        if noting.ident is None:
            noting.start()
            noting.join(0.5)

    assert case_file.open_case(ANNA, case.id, **desk.how).broken_at is None
    noting.join()
    assert len(everything(store, JournalEntry)) == 5


def test_opening_a_case_shows_all_of_it_and_notes_who_read_it(store, desk, case):
    file = case_file.open_case(ANNA, case.id, **desk.how)

    assert [entry.act for entry in file.entries] == ["register", "queue", "claim", "note"]
    assert file.content.explanation["winner"]["name"] == "Bygglov"
    assert [(row.subject, row.case_id) for row in everything(store, Read)] == [("anna", case.id)]


def test_what_is_not_shown_is_not_noted_as_read(store, desk, case):
    with pytest.raises(CaseNotFound):
        case_file.open_case(ERIK, case.id, **desk.how)

    assert everything(store, Read) == []


def test_every_row_carries_its_municipality(store):
    of_the_bus = {"outbox", "inbox", "failed_events"}

    assert all("municipality" in table.c for name, table in Base.metadata.tables.items() if name not in of_the_bus)


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
