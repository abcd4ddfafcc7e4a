"""Correcting the submitter's address: who reads the case sees the new one, and the journal has it masked."""

from datetime import date

import pytest
from marshmallow import ValidationError

from services.routing.actions.correct_address import CORRECT_ADDRESS, CorrectionSchema, correct_address
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import JournalEntry, SubmissionCopy
from services.routing.search.models import SearchDocument
from shared.events.routing import CaseAddressCorrected
from shared.idempotency import KeyReused
from tests.builders import NOON, an_arrival
from tests.store.routing.casework import ANNA, command, everything, only

NEW = "kim.k@example.net"
WHY = "Ringde och fick den rätta."


def test_the_case_has_the_new_address_and_it_is_published_for_notify(casework, claimed):
    correct_address(command(claimed), NEW, WHY, **casework.store_and_time)

    file = open_case(ANNA, claimed.id, **casework.store_and_time)
    assert (file.content.submitter["email"], file.content.submitter["name"]) == (NEW, "Kim Karlsson")
    assert (file.case.state, file.broken_at) == ("assigned", None)
    assert CaseAddressCorrected.open(casework.published(claimed)[-1]).email == NEW


def test_the_journal_which_cannot_be_changed_has_no_whole_address(casework, claimed):
    correct_address(command(claimed), NEW, WHY, **casework.store_and_time)

    entry = everything(casework.store, JournalEntry, case_id=claimed.id)[-1]
    assert (entry.action, entry.data) == (
        "correct_address",
        {"email": "k…@example.net", "reason": WHY, "corrected": True},
    )


def test_the_case_is_found_by_the_new_address_and_no_longer_by_the_old(casework, claimed):
    correct_address(command(claimed), NEW, WHY, **casework.store_and_time)

    whole = only(casework.store, SearchDocument).whole
    assert "kim.k@example.net" in whole
    assert "kim.karlsson@example.org" not in whole
    assert "ringde och fick" in whole


def test_the_same_address_again_is_a_request_to_send_again(casework, claimed):
    before = only(casework.store, SubmissionCopy).submitter

    correct_address(command(claimed), before["email"], WHY, **casework.store_and_time)

    assert only(casework.store, SubmissionCopy).submitter == before
    published = CaseAddressCorrected.open(casework.published(claimed)[-1])
    assert (published.email, published.corrected) == (before["email"], False)


def test_sent_twice_it_is_one_correction_and_another_address_is_another(casework, claimed):
    first = correct_address(command(claimed, key="k"), NEW, WHY, **casework.store_and_time)

    assert correct_address(command(claimed, key="k"), NEW, WHY, **casework.store_and_time) == first
    with pytest.raises(KeyReused):
        correct_address(command(claimed, key="k"), "kim@example.net", WHY, **casework.store_and_time)


def test_there_is_nobody_to_write_to_where_the_submitter_is_anonymous(casework, claimed):
    with casework.store.sessions.begin() as session:
        session.get_one(SubmissionCopy, claimed.id).submitter = None

    with pytest.raises(InvalidInput, match="anonymous"):
        correct_address(command(claimed), NEW, WHY, **casework.store_and_time)


def test_who_came_by_letter_without_an_address_may_give_one_later(casework):
    case = casework.a_case(email=None, arrival=an_arrival())

    correct_address(command(case), NEW, WHY, **casework.store_and_time)

    assert only(casework.store, SubmissionCopy).submitter == {
        "kind": "person",
        "name": None,
        "email": NEW,
        "phone": None,
    }
    assert CaseAddressCorrected.open(casework.published(case)[-1]).email == NEW
    file = open_case(ANNA, case.id, **casework.store_and_time)
    assert CORRECT_ADDRESS.offered(file, date(2026, 11, 24))


@pytest.mark.parametrize(("typed", "read"), [("Kim <kim@EXAMPLE.net>", "kim@example.net"), ("kim", None), ("@", None)])
def test_an_address_is_read_as_the_forms_of_e_services_read_it(typed, read):
    schema = CorrectionSchema(lambda: NOON)

    if read:
        assert schema.load({"email": typed, "reason": WHY})["email"] == read
    else:
        with pytest.raises(ValidationError, match="not an e-mail address"):
            schema.load({"email": typed, "reason": WHY})
