"""Taking the next case of a queue."""

from datetime import timedelta

import pytest

from services.routing.queues.claim_next import claim_next
from shared.idempotency import KeyReused
from tests.builders import NOON
from tests.store.routing.casework import ANNA, handling_with_deadline


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
