"""Taking the next case of a queue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.queues.claim_next import claim_next
from shared.idempotency import KeyReused
from tests.builders import NOON, a_submission
from tests.store.routing.casework import ANNA, PERMIT, handling_with_deadline


def test_the_next_case_is_the_one_with_the_nearest_deadline(casework, alvdalen):
    casework.a_case(handling=handling_with_deadline(30))
    casework.a_case(handling=handling_with_deadline(10))
    casework.a_case(handling=handling_with_deadline(10), received_at=NOON - timedelta(minutes=1))

    taken = [claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time) for _ in range(4)]

    assert [done.number[-1] for done in taken if done] == ["3", "2", "1"]
    assert taken[3] is None


def test_the_next_case_requested_twice_with_one_key_is_one_case(casework, alvdalen):
    casework.a_case()
    casework.a_case()

    first = claim_next(ANNA, "bygglov", alvdalen, key="k1", **casework.store_and_time)

    assert claim_next(ANNA, "bygglov", alvdalen, key="k1", **casework.store_and_time) == first
    with pytest.raises(KeyReused):
        claim_next(ANNA, "gata", alvdalen, key="k1", **casework.store_and_time)


def test_a_case_that_must_be_decided_comes_before_those_that_are_later_still(casework, alvdalen):
    long_ago = NOON - timedelta(days=100)
    later = casework.a_case(handling=handling_with_deadline(1), received_at=long_ago)
    must = casework.a_case(handling=replace(a_submission().handling, deadline=PERMIT), received_at=long_ago)

    taken = [claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time) for _ in range(2)]

    assert [done.number for done in taken] == [must.number, later.number]
