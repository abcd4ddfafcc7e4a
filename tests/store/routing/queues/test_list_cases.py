"""What is in a queue, filtered, sorted, and page by page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.release import release
from services.routing.actions.transfer import transfer
from services.routing.cases.state_machine import State
from services.routing.queues.claim_next import claim_next
from services.routing.queues.list_cases import CaseFilter, Whose, queue_cases
from services.routing.queues.overview import QueueNotFound
from services.routing.queues.sorting import Sort
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, EVA, SARA, command, decision_data, handling_with_deadline

OPEN_ONES = CaseFilter()
AKE, ZARA = (replace(ANNA, subject=name, name=name) for name in ("Åke Öberg", "Zara Ek"))


@pytest.fixture
def listed(casework, alvdalen):
    """Lists the case numbers of the building permits' queue."""

    def numbers(officer=ANNA, queue="bygglov", filters=OPEN_ONES, **more):
        page = queue_cases(officer, queue, filters, alvdalen, sessions=casework.store.sessions, **more)
        return [each.case.number[-1] for each in page.cases]

    return numbers


@pytest.mark.parametrize(("officer", "queue"), [(ERIK, "bygglov"), (ANNA, "ingen"), (SARA, "bygglov")])
def test_a_queue_of_another_board_or_municipality_is_not_there(casework, organisations, officer, queue):
    casework.a_case()

    with pytest.raises(QueueNotFound):
        queue_cases(officer, queue, CaseFilter(), organisations[officer.municipality], sessions=casework.store.sessions)


def test_cases_are_listed_by_deadline_or_by_age_those_without_deadline_last(casework, listed):
    for days, age in ((30, 1), (None, 3), (10, 2)):
        casework.a_case(handling=handling_with_deadline(days), received_at=NOON - timedelta(hours=age))

    assert listed() == ["3", "1", "2"]
    assert listed(sort=Sort.AGE) == ["2", "3", "1"]


@pytest.mark.parametrize("sort", Sort)
def test_pages_follow_each_other_without_gap_or_repeat_also_when_cases_come_meanwhile(casework, alvdalen, sort):
    for number in range(7):
        casework.a_case(
            handling=handling_with_deadline(number % 3 or None), received_at=NOON - timedelta(hours=number % 2)
        )
        if number > 3:
            claim_next([ANNA, EVA, AKE][number % 3], "bygglov", alvdalen, **casework.store_and_time)
    query = {"sort": sort, "limit": 2, "sessions": casework.store.sessions}
    at = NOON + timedelta(days=1) if sort is Sort.NEWEST else NOON - timedelta(days=300)

    page = queue_cases(ANNA, "bygglov", CaseFilter(), alvdalen, **query)
    seen = list(page.cases)
    for _ in range(2):
        casework.a_case(received_at=at, handling=handling_with_deadline(1))
        page = queue_cases(ANNA, "bygglov", CaseFilter(), alvdalen, after=page.next, **query)
        seen += page.cases
    while page.next:
        page = queue_cases(ANNA, "bygglov", CaseFilter(), alvdalen, after=page.next, **query)
        seen += page.cases

    numbers = [each.case.register_number for each in seen]
    assert sorted(each for each in numbers if each <= 7) == [1, 2, 3, 4, 5, 6, 7]
    assert len(numbers) == len(set(numbers))


def test_cases_are_listed_by_the_name_of_who_has_them_in_swedish_order_and_either_way(casework, listed, alvdalen):
    casework.knows(AKE, ZARA)
    for officer in (EVA, AKE, None, ZARA):  # Eva has left the directory
        case = casework.a_case()
        if officer:
            claim(command(case, officer), **casework.store_and_time)

    assert listed(sort=Sort.OFFICER) == ["4", "2", "1", "3"]
    assert listed(sort=Sort.LAST_OFFICER) == ["3", "1", "2", "4"]


def test_a_page_goes_on_after_an_officer_who_has_no_case_any_more(casework, alvdalen):
    casework.knows(AKE, ZARA)
    cases = [casework.a_case() for _ in range(3)]
    for case, officer in zip(cases, (ZARA, AKE, AKE), strict=True):
        claim(command(case, officer), **casework.store_and_time)
    query = {"sort": Sort.OFFICER, "limit": 1, "sessions": casework.store.sessions}

    first = queue_cases(ANNA, "bygglov", CaseFilter(), alvdalen, **query)
    release(command(cases[0], ZARA), alvdalen, **casework.store_and_time)
    second = queue_cases(ANNA, "bygglov", CaseFilter(), alvdalen, after=first.next, **query)

    assert [each.case.officer_name for each in (*first.cases, *second.cases)] == [ZARA.name, AKE.name]


def test_cases_are_listed_by_number_and_by_e_service_in_swedish_order_and_either_way(casework, listed, alvdalen):
    for number, title in enumerate(("Ärenden", "Ålder", "Zoner"), 1):
        case = casework.a_case(eservice=f"tjanst-{number}", eservice_title={"sv": title})
        transfer(command(case), "bygglov", "Hör hit.", alvdalen, **casework.store_and_time)

    assert listed(sort=Sort.ESERVICE) == ["3", "2", "1"]
    assert listed(sort=Sort.LAST_ESERVICE) == ["1", "2", "3"]
    assert listed(sort=Sort.NUMBER) == ["1", "2", "3"]
    assert listed(sort=Sort.HIGHEST_NUMBER) == ["3", "2", "1"]


def test_cases_that_are_not_open_come_by_deadline_where_no_index_has_them_otherwise(casework, listed, alvdalen):
    for days in (30, 10):
        case = casework.a_case(handling=handling_with_deadline(days))
        claim(command(case), **casework.store_and_time)
        decide(command(case), decision_data(), alvdalen, **casework.store_and_time)

    assert listed(filters=CaseFilter(state=State.DECIDED), sort=Sort.NUMBER) == ["2", "1"]


def test_cases_are_filtered_by_state_officer_eservice_and_number(casework, listed, alvdalen):
    for _ in range(3):
        casework.a_case()
    casework.a_case(eservice="rivningslov")
    first = claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time)
    other = casework.a_case(eservice="rivningslov")
    transfer(command(other), "bygglov", "Hör hit.", alvdalen, **casework.store_and_time)

    assert first.number.endswith(listed(filters=CaseFilter(state=State.ASSIGNED))[0])
    assert len(listed(filters=CaseFilter(state=State.QUEUED))) == 3
    assert len(listed(filters=CaseFilter(whose=Whose.MINE))) == 1
    assert listed(replace(ANNA, subject="eva"), filters=CaseFilter(whose=Whose.MINE)) == []
    assert len(listed(filters=CaseFilter(whose=Whose.UNASSIGNED))) == 3
    assert len(listed(filters=CaseFilter(eservice="rivningslov"))) == 1
    assert listed(filters=CaseFilter(number="00002")) == ["2"]
    assert listed(filters=CaseFilter(number="bn 2026-00002")) == ["2"]
    assert listed(filters=CaseFilter(number="%")) == []
    assert listed(filters=CaseFilter(state=State.CLOSED)) == []
