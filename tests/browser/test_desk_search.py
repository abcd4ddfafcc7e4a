"""The desk's search box: on every page, by keyboard and without JavaScript, and what its results show."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from shared.events.intake import Answer
from tests.browser.checks import LANGUAGES, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import RoutingService, building_permit, fault_report

pytestmark = pytest.mark.chromium


def search(page: Page, query: str) -> None:
    """Write in the box and send it."""
    page.get_by_role("searchbox").fill(query)
    page.get_by_role("searchbox").press("Enter")


def numbers(page: Page) -> list[str]:
    """The numbers of the cases that were found."""
    return page.get_by_role("rowheader").all_inner_texts()


def test_a_compound_is_found_by_its_end_and_the_case_opened_and_left_again(signed_in: Visit, service: RoutingService):
    anna = signed_in(scripts=False)
    text = Answer("description", {"sv": "Beskriv felet"}, {"sv": "Åsnebryggan vid Solhem är trasig"})
    report = fault_report(1)
    case = service.receive(replace(report, answers=[*report.answers[:2], text]))

    search(anna, "bryggan")

    assert numbers(anna) == [case.number]
    row = anna.get_by_role("row").nth(1)
    expect(row).to_contain_text("Felanmälan: gata eller väg")
    expect(row).to_contain_text("Särnavägen vid bron")
    expect(anna.get_by_role("searchbox")).to_have_value("bryggan")
    anna.get_by_role("link", name=case.number).click()
    anna.go_back()
    assert numbers(anna) == [case.number]


def test_what_is_searched_for_stands_in_no_address_and_no_title(signed_in: Visit, service: RoutingService):
    anna = signed_in()
    service.receive(building_permit())

    search(anna, "Kim Karlsson")

    expect(anna.get_by_role("heading", level=1)).to_have_text("Sök: Kim Karlsson")
    assert re.fullmatch(r".*/desk/search/[0-9a-f]{8}", anna.url)
    assert "Karlsson" not in anna.title()


def test_the_slash_goes_to_the_box_save_where_somebody_writes(signed_in: Visit, service: RoutingService):
    anna = signed_in()
    anna.goto("/desk/queues/gata")

    anna.keyboard.press("/")
    expect(anna.get_by_role("searchbox")).to_be_focused()
    anna.keyboard.type("1/2")
    expect(anna.get_by_role("searchbox")).to_have_value("1/2")
    anna.locator("#number").focus()
    anna.keyboard.type("/")
    expect(anna.locator("#number")).to_have_value("/")


def test_more_than_a_page_is_gone_through(signed_in: Visit, service: RoutingService):
    anna = signed_in(scripts=False)
    search(anna, "felanmälan")
    anna.goto(f"{anna.url}?limit=10")
    first = numbers(anna)
    anna.get_by_role("link", name="Nästa sida").click()
    second = numbers(anna)

    assert len(first) == len(second) == 10
    assert not set(first) & set(second)
    anna.get_by_role("link", name="Första sidan").click()
    assert numbers(anna) == first


def test_what_an_officer_may_not_open_is_not_found(signed_in: Visit, service: RoutingService):
    case = service.receive(building_permit())
    erik = signed_in("Erik Eriksson")

    for query in (case.number, "Holen 4:12", "situationsplan"):
        search(erik, query)
        expect(erik.get_by_role("main")).to_contain_text("Inget av de ärenden som du får se innehåller allt det.")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ab", "Skriv minst tre bokstäver av ett ord"),
        ("finnsinte", "Inget av de ärenden som du får se"),
        (" ".join("abcdefghijk"), "Skriv högst tio ord och 100 tecken."),
    ],
)
def test_why_nothing_was_found_is_explained(signed_in: Visit, service: RoutingService, query: str, message: str):
    anna = signed_in(scripts=False)
    search(anna, query)

    expect(anna.get_by_role("main")).to_contain_text(message)


def test_a_search_of_another_session_is_asked_for_again(signed_in: Visit, service: RoutingService):
    anna = signed_in()
    anna.goto("/desk/search/00000000")

    expect(anna.get_by_role("main")).to_contain_text("Sökningen finns inte kvar.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("query", ["Dalgatan", "finnsinte"])
def test_the_results_are_well_made(signed_in: Visit, service: RoutingService, query: str, language: str):
    anna = signed_in(language=language)
    search(anna, query)
    anna.goto(f"{anna.url}?limit=5")

    assert_well_made(anna, language=language)
