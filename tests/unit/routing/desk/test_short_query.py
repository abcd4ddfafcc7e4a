"""What the address of a list has."""

import pytest

from services.routing.desk.short_query import chosen
from services.routing.queues.schemas import CasesQuery


@pytest.mark.parametrize("query", [{"tag": "None"}, {"eservice": "none"}, {"state": "received", "sort": "newest"}])
def test_what_was_chosen_is_kept_whatever_word_it_is(query: dict[str, str]) -> None:
    assert chosen(CasesQuery(), query) == query


def test_what_chooses_nothing_is_left_out() -> None:
    assert chosen(CasesQuery(), {"tag": " ", "sort": "deadline", "on_hold": "False", "limit": "50"}) == {}
