"""Withdrawing a supplement request."""

from datetime import date
from uuid import uuid4

import pytest

from services.routing.actions.request_supplement import request_supplement
from services.routing.actions.withdraw_supplement_request import withdraw_supplement_request
from services.routing.cases.errors import InvalidInput
from services.routing.supplements.models import SupplementRequest
from shared.events.routing import CaseSupplementRequestWithdrawn
from tests.store.routing.casework import command, everything


@pytest.fixture
def requests(casework, claimed):
    """Two open requests in a case, the nearest last day first."""
    for text, day in (("Ritning.", date(2026, 12, 14)), ("Situationsplan.", date(2026, 12, 7))):
        request_supplement(command(claimed), text, day, **casework.store_and_time)
        casework.clock.move(hours=1)
    return sorted(everything(casework.store, SupplementRequest), key=lambda each: each.answer_by)


def test_one_request_is_withdrawn_and_the_other_stays_open(casework, claimed, requests):
    nearest, other = requests

    withdraw_supplement_request(command(claimed), nearest.id, "Fanns redan.", **casework.store_and_time)

    case = casework.now(claimed)
    assert (case.state, case.answer_by) == ("awaiting_supplement", other.answer_by)
    published = CaseSupplementRequestWithdrawn.open(casework.published(claimed)[-1])
    assert (published.request_id, published.reason) == (nearest.id, "Fanns redan.")
    [ended] = everything(casework.store, SupplementRequest, id=nearest.id)
    assert (ended.outcome, ended.ended_at) == ("withdrawn", casework.clock())


def test_with_the_last_request_the_case_is_in_hand_again(casework, claimed, requests):
    for each in requests:
        withdraw_supplement_request(command(claimed), each.id, "Fanns redan.", **casework.store_and_time)

    assert (casework.now(claimed).state, casework.now(claimed).answer_by) == ("assigned", None)


def test_a_request_that_is_not_open_is_not_withdrawn(casework, claimed, requests):
    withdraw_supplement_request(command(claimed), requests[0].id, "Fanns redan.", **casework.store_and_time)

    for unknown in (requests[0].id, uuid4()):
        with pytest.raises(InvalidInput) as refusal:
            withdraw_supplement_request(command(claimed), unknown, "Igen.", **casework.store_and_time)
        assert refusal.value.field == "request_id"
