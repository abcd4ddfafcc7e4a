"""Moving a case to another queue."""

from datetime import date

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.release import release
from services.routing.actions.request_supplement import request_supplement
from services.routing.actions.transfer import transfer
from services.routing.cases.errors import InvalidInput
from services.routing.models import Outbox
from shared.events.envelope import Event
from shared.events.routing import CaseTransferred
from tests.store.routing.casework import command, everything


def test_a_transferred_case_is_the_other_boards_and_nobodys(casework, claimed, alvdalen):
    transfer(command(claimed), "gata", "Gäller vägen.", alvdalen, **casework.store_and_time)

    now = casework.now(claimed)
    assert (now.queue, now.board, now.state, now.officer_subject) == ("gata", "TN", "queued", None)
    assert now.number == claimed.number
    published = CaseTransferred.open(casework.published(claimed)[-1])
    assert (published.queue_name["sv"], published.reason) == ("Gata och väg", "Gäller vägen.")
    assert (published.board, published.board_name["sv"]) == ("TN", alvdalen.boards["TN"].name["sv"])


def test_what_is_put_in_a_published_queue_is_published_there_too(casework, claimed, alvdalen):
    transfer(command(claimed), "belysning", "Gäller en lampa.", alvdalen, **casework.store_and_time)
    claim(command(claimed), **casework.store_and_time)
    release(command(claimed), alvdalen, **casework.store_and_time)

    rows = everything(casework.store, Outbox, exchange="arende.handling")
    assert [Event.decode(row.body).sequence for row in rows] == [4, 6]
    assert {row.routing_key for row in rows} == {"belysning.2039"}


def test_open_supplement_requests_go_with_the_case_to_whoever_claims_it(casework, claimed, alvdalen):
    request_supplement(command(claimed), "Ritning.", date(2026, 12, 7), **casework.store_and_time)

    transfer(command(claimed), "gata", "Gäller vägen.", alvdalen, **casework.store_and_time)
    moved = casework.now(claimed)
    claim(command(claimed), **casework.store_and_time)

    assert (moved.state, moved.answer_by) == ("queued", date(2026, 12, 7))
    assert (casework.now(claimed).state, casework.now(claimed).answer_by) == ("awaiting_supplement", date(2026, 12, 7))
    events = {event.name: event for event in casework.published(claimed)}
    assert CaseTransferred.open(events["case.transferred"]).answer_by == date(2026, 12, 7)


@pytest.mark.parametrize("queue", ["bygglov", "ingen"])
def test_a_case_is_not_transferred_nowhere(casework, claimed, alvdalen, queue):
    with pytest.raises(InvalidInput) as refusal:
        transfer(command(claimed), queue, "Fel kö.", alvdalen, **casework.store_and_time)

    assert refusal.value.field == "queue"
