"""Opening a case."""

import threading

from sqlalchemy import event

from services.routing.actions.note import note
from services.routing.cases.case_file import open_case
from services.routing.cases.models import CaseRead, JournalEntry
from tests.store.routing.casework import ANNA, command, everything


def test_opening_a_case_shows_all_of_it_and_records_who_read_it(store, casework, case):
    file = open_case(ANNA, case.id, **casework.store_and_time)

    assert [entry.action for entry in file.entries] == ["register", "queue", "claim", "note"]
    assert file.content.explanation["winner"]["name"] == "Bygglov"
    assert [(row.subject, row.case_id) for row in everything(store, CaseRead)] == [("anna", case.id)]


def test_an_action_while_a_case_is_read_does_not_look_like_tampering(store, casework, case):
    noting = threading.Thread(target=lambda: note(command(case), "Ringde igen.", **casework.store_and_time))

    @event.listens_for(store.engine, "after_cursor_execute")
    def note_once_the_case_is_read(*_):
        if noting.ident is None:
            noting.start()
            noting.join(0.5)

    assert open_case(ANNA, case.id, **casework.store_and_time).broken_at is None
    noting.join()
    assert len(everything(store, JournalEntry)) == 5
