"""Saved filters of a queue: shared by all who see it, and by nobody else."""

from dataclasses import replace

import pytest

from services.routing.cases.errors import InvalidInput
from services.routing.queues.overview import QueueNotFound
from services.routing.saved_filters import filters
from services.routing.saved_filters.filters import FilterNotFound, QueueFilters, StaleFilter
from services.routing.saved_filters.schemas import query_of
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, SARA

OF_BOARD = replace(ERIK, boards=frozenset({"BN"}))


@pytest.fixture
def of(store, organisations):
    """The filters of the queue of building permits, for an officer."""
    return lambda officer=ANNA, queue="bygglov": QueueFilters(
        officer, queue, organisations[officer.municipality], store.sessions
    )


def test_a_filter_is_for_everybody_who_sees_the_queue(of):
    saved = of().save("Nya", "sort=newest", NOON)
    of().save("avgjorda", "state=decided", NOON)

    assert [(each.name, each.query) for each in of(OF_BOARD).all()] == [
        ("avgjorda", "state=decided"),
        ("Nya", "sort=newest"),
    ]
    assert of(queue="gata").all() == []
    for stranger in (ERIK, SARA):
        with pytest.raises(QueueNotFound):
            of(stranger, "bygglov" if stranger is ERIK else "skyddade-finns-inte").all()
    with pytest.raises(QueueNotFound):
        of(ERIK).remove(saved.id, 1)
    with pytest.raises(FilterNotFound):
        of(ANNA, "gata").rename(saved.id, "Annan", 1)


def test_the_same_filter_twice_is_one_and_a_name_is_taken_once(of):
    first = of().save("Nya", "sort=newest", NOON)

    assert of(OF_BOARD).save("Nya", "sort=newest", NOON).id == first.id
    with pytest.raises(InvalidInput):
        of().save("Nya", "sort=age", NOON)
    other = of().save("Gamla", "sort=age", NOON)
    with pytest.raises(InvalidInput):
        of().rename(other.id, "Nya", 1)


def test_a_filter_that_a_colleague_has_changed_is_not_changed_unseen(of):
    saved = of().save("Nya", "sort=newest", NOON)

    assert of(OF_BOARD).rename(saved.id, "Nyast", 1).version == 2
    for change in (lambda: of().rename(saved.id, "Nyss", 1), lambda: of().remove(saved.id, 1)):
        with pytest.raises(StaleFilter) as stale:
            change()
        assert stale.value.current == 2
    of().remove(saved.id, 2)
    assert of().all() == []


def test_a_queue_has_only_so_many_filters(of, monkeypatch):
    monkeypatch.setattr(filters, "MOST", 1)
    of().save("Nya", "sort=newest", NOON)

    with pytest.raises(InvalidInput):
        of().save("Gamla", "sort=age", NOON)


def test_a_private_filter_is_its_officers_alone(of):
    own = of().save("Nya", "sort=newest", NOON, private=True)
    shared = of(OF_BOARD).save("Nya", "sort=age", NOON)

    assert [each.id for each in of().all()] == [shared.id, own.id]
    assert [each.id for each in of(OF_BOARD).all()] == [shared.id]
    for change in (lambda: of(OF_BOARD).rename(own.id, "Annan", 1), lambda: of(OF_BOARD).remove(own.id, 1)):
        with pytest.raises(FilterNotFound):
            change()
    assert of().save("Nya", "sort=newest", NOON, private=True).id == own.id
    of().remove(own.id, 1)
    assert [each.id for each in of().all()] == [shared.id]


def test_who_left_cases_in_a_queue_of_another_board_has_no_part_in_what_that_board_shares(of, casework, organisations):
    casework.a_case()
    shared = of().save("Nya", "sort=newest", NOON)
    moved = replace(organisations["2039"].queues["bygglov"], board="KS")
    anew = replace(organisations["2039"], queues={**organisations["2039"].queues, "bygglov": moved})
    left = QueueFilters(OF_BOARD, "bygglov", anew, casework.store.sessions)

    assert left.all() == []
    with pytest.raises(FilterNotFound):
        left.remove(shared.id, 1)
    with pytest.raises(InvalidInput):
        left.save("Mina", "sort=age", NOON)
    own = left.save("Mina", "sort=age", NOON, private=True)
    assert [each.id for each in left.all()] == [own.id]


def test_filters_are_in_swedish_order(of):
    for name in ("Ödetomter", "ärenden", "Åtgärder", "Zoner"):
        of().save(name, "sort=age", NOON)

    assert [each.name for each in of().all()] == ["Zoner", "Åtgärder", "ärenden", "Ödetomter"]


@pytest.mark.parametrize(
    ("chosen", "query"),
    [
        ({"state": "closed", "sort": "-number"}, "state=closed"),
        ({"state": "closed", "sort": "newest"}, "sort=newest&state=closed"),
        ({"state": "queued", "sort": "-number"}, "sort=-number&state=queued"),
        ({"sort": "-number"}, "sort=-number"),
        ({"state": "gone", "sort": "-number"}, "sort=-number&state=gone"),
    ],
)
def test_a_saved_filter_has_no_order_that_its_cases_do_not_have(chosen, query):
    assert query_of(chosen) == query
