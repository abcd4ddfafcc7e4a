"""Messages to the submitter."""

from services.routing.actions.message import message
from services.routing.actions.note import note
from tests.store.routing.casework import command


def test_a_message_is_published_and_a_note_is_not(casework, claimed):
    note(command(claimed), "Ringde sökanden.", **casework.store_and_time)
    assert casework.published(claimed)[-1].name == "case.assigned"

    message(command(claimed), "Hej!", **casework.store_and_time)
    assert casework.published(claimed)[-1].name == "case.message_sent"
    assert casework.published(claimed)[-1].sequence == 5
