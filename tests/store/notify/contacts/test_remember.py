"""What notify remembers of submitters and boards."""

from itertools import permutations
from typing import Any

import pytest

from services.notify.contacts.models import CaseBoard, Contact
from services.notify.contacts.remember import board_of, contact_of, remember_boards, remember_contacts
from shared.database import Database
from shared.events.intake import SubmissionReceived
from shared.events.routing import CaseTransferred
from tests.builders import a_submission, case_event
from tests.notify import everything


def test_a_contact_is_remembered_once_however_often_its_submission_comes(store: Database) -> None:
    submission = a_submission(secrecy="OSL 26:1")

    for _ in range(2):
        with store.sessions.begin() as session:
            remember_contacts(session, [contact_of(submission, "2039")])

    [contact] = everything(store, Contact)
    assert (contact.submission_id, contact.email, contact.board) == (
        submission.submission_id,
        "kim.karlsson@example.org",
        "BN",
    )
    assert contact.confidential


def test_an_anonymous_submitter_has_no_address(store: Database) -> None:
    with store.sessions.begin() as session:
        remember_contacts(session, [contact_of(a_submission(email=None), "2039")])

    [contact] = everything(store, Contact)
    assert contact.email is None


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_of_several_boards_the_one_of_the_highest_sequence_counts(store: Database, order: tuple[int, ...]) -> None:
    submission = a_submission()

    for sequence in order:
        with store.sessions.begin() as session:
            remember_boards(session, [a_board(submission, sequence)])

    [board] = everything(store, CaseBoard)
    assert (board.board, board.sequence) == ("B3", 3)


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_so_it_does_when_they_come_in_one_batch(store: Database, order: tuple[int, ...]) -> None:
    submission, other = a_submission(), a_submission()

    with store.sessions.begin() as session:
        remember_boards(session, [*(a_board(submission, sequence) for sequence in order), a_board(other, 7)])

    assert {board.board for board in everything(store, CaseBoard)} == {"B3", "B7"}


def a_board(submission: SubmissionReceived, sequence: int) -> dict[str, Any]:
    event = case_event(CaseTransferred, submission, sequence=sequence)
    return board_of(event, submission_id=submission.submission_id, board=f"B{sequence}", protected=False)
